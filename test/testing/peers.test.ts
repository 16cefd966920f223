/** Loads of services that send no spans, and messages that name their senders by links, in tests of rules. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeJson, type PlainSpan, service } from '../support/otlp.ts'
import { benchOf, runAll } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'scale-peers-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a load of a peer', () => {
  const rules = `
target statefulset/postgresql { between 1 and 3 }
target deployment/orders { between 1 and 9 }
slow: scale statefulset/postgresql +1 when span(postgresql/"SELECT orders" where kind == peer and db.namespace == "shop").own.p90 > 100ms 3 times in 30s
calls: scale deployment/orders +1 when span(postgresql where kind == peer under orders/List).seen.p90 > 100ms 3 times in 30s
`

  it('is made of calls that nobody answers, and its rules fire as on a recording', async () => {
    const load = 'load span(postgresql/"SELECT orders" where kind == peer and db.namespace == "shop") at 20/s taking 150ms from 0s to 1m'
    const results = await runAll(
      benchOf(`${rules}
test "alone" { ${load}  expect statefulset/postgresql at 2 by 30s  expect no action on deployment/orders }
test "below its caller" { ${load.replace(' from', ' under span(orders/List) from')}  expect slow fires  expect calls fires }
`),
    )
    expect(results.map(({ test, failures }) => [test.name, failures])).toEqual([
      ['alone', []],
      ['below its caller', []],
    ])
  })
})

describe('a recording of messages', () => {
  const id = (n: number): string => n.toString(16).padStart(16, '0')
  const start = 1_700_000_000_000_000_000n
  const ms = (n: number): bigint => start + BigInt(n) * 1_000_000n

  /** Every 100 ms one is sent, in a trace of the sender, and taken in a trace of its own: 20 ms later, from half a minute on 900 ms later. */
  function record(): string {
    const messages = Array.from({ length: 600 }, (_, i) => {
      const [sent, taken] = [i * 100, i * 100 + (i < 300 ? 30 : 910)]
      const sender: PlainSpan = { traceId: id(1) + id(i + 1), spanId: id(i + 1), name: 'orders publish', kind: 4, start: ms(sent), end: ms(sent + 10) }
      const links = [{ traceId: sender.traceId, spanId: sender.spanId }]
      const taker: PlainSpan = { traceId: id(2) + id(i + 1), spanId: id(i + 1), name: 'orders process', kind: 5, start: ms(taken), end: ms(taken + 50), links }
      return { at: taken, text: encodeJson([service('shop', [sender]), service('workers', [taker])]) }
    })
    const path = join(folder, 'messages.jsonl')
    writeFileSync(path, messages.map(({ text }) => `${text}\n`).join(''))
    return path
  }

  it('that links name has their waits as gaps', async () => {
    const [result] = await runAll(
      benchOf(`
target deployment/workers { between 1 and 9 }
waiting: scale deployment/workers +1 when span(workers/"orders process").gap.p90 > 500ms 2 times in 30s
test "the queue is long" { replay ${JSON.stringify(record())}  expect no action before 35s  expect deployment/workers at 2 by 55s }
`),
    )
    expect(result?.failures).toEqual([])
  })
})
