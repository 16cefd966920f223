/** A decision's evidence of traces, from OTLP in to the API and the decision log, and explained by the command line. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RankedEvidence } from '../../src/explain/index.ts'
import { type Call, traceOf } from '../blame/calls.ts'
import { scalec } from '../cli/scalec.ts'
import { encodeRequest } from '../support/otlp.ts'
import type { Scaled } from './process.ts'
import { firstWhere, isAction, makeWorkspace, start } from './support.ts'

const rules = `
defaults { every 100ms }
target deployment/cart { between 1 and 6  cooldown 60s }
slow: scale deployment/cart +1 when span(cart/Get).own.p95 > 100ms 10 times in 2s
`

const page = (cart: number): Call => ({
  service: 'frontend',
  operation: 'GET /',
  self: 2,
  calls: [{ service: 'cart', operation: 'Get', self: cart, gap: 1 }],
})

/** A page every 10 ms, just ended; from the 200th on the cart takes 150 ms. */
function startPages(scaled: Scaled): void {
  let number = 0
  const timer = setInterval(() => {
    number++
    const call = page(number < 200 ? 5 : 150)
    const took = call.self + (call.calls?.[0]?.self ?? 0) + 1
    const body = Buffer.from(encodeRequest(traceOf(call, Date.now() - took, number)))
    // A daemon that is gone takes none.
    fetch(`${scaled.http}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body }).catch(() => {})
  }, 10)
  onTestFinished(() => clearInterval(timer))
}

describe('the evidence of traces', () => {
  it('stands in the feed, the list and the log of decisions, and is explained', async () => {
    const at = makeWorkspace(rules)
    writeFileSync(at.config, readFileSync(at.config, 'utf8').replace('lateness: 200ms', 'lateness: 200ms, traces: {idle: 200ms}'))
    const scaled = await start(at)
    const decisions = scaled.follow()
    startPages(scaled)
    const action = await firstWhere(decisions, isAction)
    const { decisions: listed } = (await (await fetch(`${scaled.api}/v1/decisions?target=deployment/cart`)).json()) as {
      decisions: { id: string; message: string; blame?: RankedEvidence }[]
    }
    const found = listed.find(({ id }) => id === action.id)
    expect(found?.blame).toMatchObject({
      sureness: 'clear',
      why: expect.stringMatching(/^cart is at fault, and not frontend, which calls it: it added [\d.]+ms to a trace/),
      services: [{ service: 'cart' }, { service: 'frontend' }],
      exemplars: [
        { what: 'the worst that slow counted', waterfall: expect.arrayContaining([expect.stringMatching(/^\* {2}cart\/Get .*█.* 150ms +150ms/)]) },
        {},
      ],
    })
    // What is an event on the object stays a sentence.
    expect(found?.message).not.toContain('at fault')
    expect(await scaled.end()).toBe(0)
    expect(at.decisionLog().find(({ id }) => id === action.id)).toMatchObject({ blame: found?.blame })
    const { code, out } = scalec(['explain', '--decision', action.id, at.decisions])
    expect(code).toBe(0)
    expect(out).toContain('  Why this service and not its caller\n    cart is at fault, and not frontend, which calls it')
  })
})
