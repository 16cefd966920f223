import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/replay.ts'
import { encodeRequest, type PlainSpan, service } from '../support/otlp.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

const oneLine = 'scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s\n'
const begin = 1_700_000_000n

/** A message behind its length. */
function framed(spans: readonly PlainSpan[]): Buffer {
  const request = encodeRequest([service('adservice', spans)])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(request.length)
  return Buffer.concat([length, request])
}

/** Two ads a second for `seconds`, 150 ms each, from the 30th second on 600 ms. */
function surge(seconds: number): Buffer {
  const frames = Array.from({ length: seconds }, (_, second) => {
    const ads = [0, 1].map((n): PlainSpan => {
      const end = (begin + BigInt(second)) * 1_000_000_000n + BigInt(n) * 500_000_000n
      const id = (second * 2 + n + 1).toString(16)
      return {
        traceId: id.padStart(32, '0'),
        spanId: id.padStart(16, '0'),
        name: '/hipstershop.AdService/GetAds',
        kind: 2,
        start: end - (second < 30 ? 150_000_000n : 600_000_000n),
        end,
      }
    })
    return framed(ads)
  })
  return Buffer.concat(frames)
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function replayed(recording: string, options: Partial<Parameters<typeof run>[1]> = {}) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text), outColour: false, errColour: false }
  const given = options.bundle === undefined && options.rules === undefined ? { rules: [rules] } : {}
  const code = await run([recording], { format: 'text', ...given, ...options }, terminal)
  return { code, out: out.join('').replaceAll(`${folder}/`, ''), err: err.join('').replaceAll(`${folder}/`, '') }
}

let rules: string
let recording: string
beforeAll(() => {
  rules = file('rules.scale', `target deployment/adservice { between 1 and 10 }\nads-slow: ${oneLine}`)
  recording = file('traces.binpb.gz', gzipSync(surge(100)))
})

describe('scalec replay', () => {
  it('reads as a story', async () => {
    const { code, out, err } = await replayed(recording, { replicas: ['deployment/adservice=2'], readyAfter: '20s' })
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toBe(`traces.binpb.gz: 2023-11-14 22:13:19 to 22:14:59 UTC (1m40s), 200 spans (2/s)
1 rule: ads-slow
deployment/adservice starts with 2 replicas; new replicas are ready after 20s

22:14:15  +0m56s  true     ads-slow: span(adservice/GetAds).p99 > 400ms in 5 of the last 12 steps (now 600ms, 10 spans)
                           seen in 00000000000000000000000000000065 and 00000000000000000000000000000066
22:14:15  +0m56s  scale    deployment/adservice [ScaleUp] ads-slow: 2 → 4 replicas
22:15:00  +1m41s  true     ads-slow: span(adservice/GetAds).p99 > 400ms in 5 of the last 12 steps (now 600ms, 10 spans)
                           seen in 000000000000000000000000000000bf and 000000000000000000000000000000c0
22:15:00  +1m41s  scale    deployment/adservice [ScaleUp] ads-slow: 4 → 6 replicas

2 actions, no hold
deployment/adservice went from 2 to 6 replicas
20 steps, 200 of 200 spans matched a rule
`)
  })

  it('says how many spans counted in their traces', async () => {
    const own = file(
      'own.scale',
      'target deployment/adservice { between 1 and 10 }\nown: scale deployment/adservice +2 when span(adservice/GetAds).own.p99 > 400ms 5 times in 60s\n',
    )
    const { out } = await replayed(recording, { rules: [own], readyAfter: '20s' })
    // The first slow span ended with the step at 22:13:50, and its trace was complete with the next.
    expect(out).toContain('22:14:15  +0m56s  true     own: span(adservice/GetAds).own.p99 > 400ms in 5 of the last 12 steps (now 600ms, 10 spans)')
    expect(out).toContain('20 steps, 0 of 200 spans matched a rule, 200 in 200 traces\n')
    const json = JSON.parse((await replayed(recording, { rules: [own], format: 'json' })).out)
    expect(json.traces).toMatchObject({ decidedTraces: 200, matched: 200, openTraces: 0 })
  })

  it('reads a folder, and notes what in it is no recording', async () => {
    const incident = join(folder, 'incident')
    mkdirSync(incident)
    file('incident/traces.binpb.gz', gzipSync(surge(100)))
    file('incident/truth.json', '{ "faults": [] }')
    const { code, out, err } = await replayed(incident)
    expect([code, err]).toEqual([0, 'scalec: note: incident/truth.json is left out: JSON without resourceSpans\n'])
    expect(out.replace('incident/', '')).toBe((await replayed(recording)).out)
  })

  it('does not tell people what follows from an action by itself', async () => {
    const quick = file(
      'quick.scale',
      `target deployment/adservice { between 1 and 10 }\n${oneLine}fast: scale deployment/adservice -1 when span(adservice/GetAds).p99 < 100ms for 30s\n`,
    )
    const options = { rules: [quick], readyAfter: '40s' }
    const { out } = await replayed(recording, options)
    const told = out.split('\n').filter((line) => /^\d\d:/.test(line))
    expect(told.map((line) => line.slice(18).split(/ +/)[0])).toEqual(['true', 'scale', 'hold'])
    expect(told[2]).toContain('[Settling]')
    const { events } = JSON.parse((await replayed(recording, { ...options, format: 'json' })).out) as {
      events: { kind: string; rule?: string; truth?: string; unknown?: string; usedUp?: boolean }[]
    }
    const changes = events
      .filter(({ kind }) => kind === 'rule')
      .map(({ rule, truth, unknown, usedUp }) => `${rule} ${unknown ?? truth}${usedUp ? ', used up' : ''}`)
    expect(changes).toEqual([
      'deployment/adservice +2 #1 true',
      'deployment/adservice +2 #1 false, used up',
      'deployment/adservice +2 #1 settling',
      'deployment/adservice +2 #1 false',
      'fast settling',
      'fast false',
    ])
  })

  it('runs the one-line program as it is', async () => {
    const { code, out, err } = await replayed(recording, { rules: [file('one.scale', oneLine)] })
    expect(code).toBe(0)
    expect(out).toContain('[ScaleUp]')
    expect(err).toContain('warning')
  })

  it('is the same bytes each time, and the decision log is in the report', async () => {
    const log = join(folder, 'decisions.jsonl')
    const [first, second] = [await replayed(recording, { format: 'json', decisions: log }), await replayed(recording, { format: 'json' })]
    expect(second.out).toBe(first.out)
    const report = JSON.parse(first.out)
    const decisions = report.events.filter((e: { kind: string }) => e.kind === 'decision').map((e: { decision: object }) => e.decision)
    const logged = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(logged).toEqual(decisions)
    expect(logged[0]).toMatchObject({
      outcome: 'scale',
      from: 1,
      to: 3,
      rules: [{ rule: 'ads-slow', because: { kind: 'times', counted: { have: 5, need: 5 } } }],
    })
    expect(report).toMatchObject({ spans: 200, matched: 200, late: 0, duplicate: 0, missing: [], targets: [{ id: 'deployment/adservice', before: 1 }] })
  })

  it('says first which names the recording does not have', async () => {
    const typo = file('typo.scale', 'target deployment/a { between 1 and 5 }\nr: scale deployment/a +1 when span(adservise/GetAds).p99 > 1s 2 times in 60s\n')
    const { code, out } = await replayed(recording, { rules: [typo] })
    expect(code).toBe(0)
    expect(out).toContain('warning: no span of service adservise; did you mean adservice? (r)\n\nnothing happened')
  })

  it('says how many spans came too late or twice', async () => {
    const shuffled = file('twice.binpb', Buffer.concat([surge(100), surge(100)]))
    const { code, out } = await replayed(shuffled)
    expect(code).toBe(0)
    expect(out).toContain('400 spans')
    expect(out).toContain('warning: 180 spans came too late for their step and did not count')
    expect(out).toContain('20 duplicate spans counted once')
  })

  it('is not led astray by spans of broken clocks', async () => {
    const at = (seconds: bigint, id: string): Buffer => {
      const end = seconds * 1_000_000_000n
      return framed([{ traceId: id.padStart(32, 'f'), spanId: id.padStart(16, 'f'), name: '/hipstershop.AdService/GetAds', kind: 2, start: end, end }])
    }
    const broken = file('clocks.binpb', Buffer.concat([at(0n, '1'), surge(50), at(4_000_000_000n, '2'), surge(100).subarray(surge(50).length)]))
    const { out } = await replayed(broken)
    expect(out).toContain('warning: 2 spans left out: they ended before 2000, or more than a year after all others\n')
    expect(out.replace(/warning: 2 spans.*\n/, '').replace('clocks.binpb', 'traces.binpb.gz')).toBe((await replayed(recording)).out)
  })

  it('lets more spans be late where it is asked to', async () => {
    const frames = surge(100)
    const half = frames.length / 2
    const swapped = file('swapped.binpb', Buffer.concat([frames.subarray(half), frames.subarray(0, half)]))
    expect((await replayed(swapped)).out).toContain('came too late')
    const [patient, ordered] = [await replayed(swapped, { lateness: '2m' }), await replayed(recording)]
    expect(ordered.out).toContain('1 action')
    expect(patient.out).toBe(ordered.out.replace('traces.binpb.gz', 'swapped.binpb'))
  })

  it('writes the spans as an Arrow file', async () => {
    const arrow = join(folder, 'out.arrow')
    expect((await replayed(recording, { arrow })).code).toBe(0)
    const table = tableFromIPC(readFileSync(arrow))
    expect(table.numRows).toBe(200)
    expect(table.get(0)?.toJSON()).toMatchObject({ service: 'adservice', operation: '/hipstershop.AdService/GetAds', kind: 'SERVER' })
    expect((await replayed(recording, { arrow: join(folder, 'no', 'where') })).err).toMatch(/^scalec: .*no\/where cannot be written \(ENOENT\)\n$/)
  })
})

describe('mistakes', () => {
  it('in the recording end it with what and where', async () => {
    const broken = surge(3)
    broken.fill(0xff, 20, 60)
    const { code, out, err } = await replayed(file('broken.binpb', broken))
    expect(code).toBe(2)
    expect(err).toMatch(/^scalec: broken.binpb, byte 0, byte \d+ of the message: /)
    // What could be read is still reported on.
    expect(out).toContain('4 spans')
    const cut = await replayed(file('cut.binpb.gz', gzipSync(surge(100)).subarray(0, 2000)))
    expect(cut.code).toBe(2)
    expect(cut.err).toMatch(/^scalec: cut.binpb.gz, .*: the compressed file is cut off\n$/)
    const noise = await replayed(file('noise.txt', 'not a recording'))
    expect([noise.code, noise.out]).toEqual([2, ''])
    expect(noise.err).toContain('noise.txt')
    const absent = await replayed(join(folder, 'absent.binpb'))
    expect(absent.code).toBe(2)
    expect(absent.err).toContain('absent.binpb')
  })
  it('on the command line say what is right', async () => {
    const err = async (options: Parameters<typeof replayed>[1]) => {
      const result = await replayed(recording, options)
      expect([result.code, result.out]).toEqual([2, ''])
      return result.err
    }
    expect(await err({ rules: [rules], bundle: 'x' })).toBe('scalec: give the rules with --rules or a compiled bundle with --bundle, one of the two\n')
    expect(await err({ replicas: ['deployment/adservise=2'] })).toBe(
      'scalec: --replicas deployment/adservise: no rule scales it; did you mean deployment/adservice?\n',
    )
    expect(await err({ replicas: ['deployment/adservice'] })).toContain('such as deployment/adservice=2')
    expect(await err({ readyAfter: '30' })).toBe('scalec: --ready-after 30: a duration is written 500ms, 30s or 1m30s\n')
    expect(await err({ decisions: join(folder, 'no', 'where') })).toContain('cannot be written (ENOENT)')
    expect(await err({ rules: [], bundle: join(folder, 'absent.json') })).toBeTruthy()
  })
  it('in the rules are printed as scalec check prints them', async () => {
    const { code, err } = await replayed(recording, { rules: [file('bad.scale', 'scale deployment/a +1 when span(a/b).p99 > 400 2 times in 60s\n')] })
    expect(code).toBe(1)
    expect(err).toContain('400ms')
  })
  it('include what cannot be measured yet', async () => {
    const polled = file('polled.scale', 'target deployment/a { between 1 and 5 }\nr: scale deployment/a +1 when metric("up") > 1 2 times in 60s\n')
    const { code, err } = await replayed(recording, { rules: [polled] })
    expect(code).toBe(1)
    expect(err).toContain('rule r uses metric, which this version cannot measure yet')
  })
})
