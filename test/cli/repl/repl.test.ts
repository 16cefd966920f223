import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { type ReplOptions, run } from '../../../src/cli/repl.ts'
import { encodeJson, service } from '../../support/otlp.ts'
import { scalec } from '../scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-repl-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A minute of one call a second to ads: 100 ms each, from the half on 900 ms. */
const start = 1_700_000_000_000_000_000n
const spans = Array.from({ length: 60 }, (_, i) => {
  const end = start + BigInt(i) * 1_000_000_000n + 500_000_000n
  const id = String(i + 1)
  const lasting = i < 30 ? 100_000_000n : 900_000_000n
  return { traceId: id.padStart(32, '0'), spanId: id.padStart(16, '0'), name: 'shop.Ads/Get', kind: 2, start: end - lasting, end }
})
writeFileSync(join(folder, 'traces.jsonl'), `${encodeJson([service('ads', spans)])}\n`)
mkdirSync(join(folder, 'rules'))
writeFileSync(
  join(folder, 'rules/ads.scale'),
  'let slow = 400ms\ntarget deployment/ads { between 1 and 10 }\nads-slow: scale deployment/ads +2 when span(ads/Get).p99 > slow 2 times in 30s\n',
)

const recording = join(folder, 'traces.jsonl')

/** What the REPL prints for lines in a pipe, and its exit code. */
async function repl(lines: readonly string[], options: ReplOptions = {}, recordings: readonly string[] = [recording]) {
  const written = { out: '', err: '' }
  const to = (stream: 'out' | 'err') => (text: string) => {
    written[stream] += text
  }
  const input = new PassThrough()
  input.end(lines.map((line) => `${line}\n`).join(''))
  const terminal = { out: to('out'), err: to('err'), outColour: false, errColour: false }
  const code = await run(recordings, options, { input, output: new PassThrough(), typed: false }, terminal)
  return { code, ...written }
}

/** The answers, by line. */
async function piped(lines: readonly string[], options: ReplOptions = {}): Promise<readonly string[]> {
  const { code, out, err } = await repl(lines, options)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out.split(/^> .*\n/m).slice(1)
}

describe('scalec repl', () => {
  it('shows a value over the recording', async () => {
    const [p99, rate] = await piped(['span(ads/Get).p99 over 10s', 'span(ads/Get).rate'])
    expect(p99).toBe(`  ▁▁▁▁▁▁██████
  from 100ms to 900ms, last 900ms
  12 steps of 5s from 22:13:25 to 22:14:20 UTC, 60 spans counted
  22:13:25  100ms  5 spans
  22:13:30  100ms  10 spans
  22:13:35  100ms  10 spans
  22:13:40  100ms  10 spans
  22:13:45  100ms  10 spans
  22:13:50  100ms  10 spans
  22:13:55  900ms  10 spans
  22:14:00  900ms  10 spans
  22:14:05  900ms  10 spans
  22:14:10  900ms  10 spans
  22:14:15  900ms  10 spans
  22:14:20  900ms  10 spans
`)
    expect(rate).toContain('from 1/s to 1/s, last 1/s')
  })

  it('shows when a condition was true, and why', async () => {
    const [condition] = await piped(['span(ads/Get).p99 > 400ms 2 times in 30s'])
    expect(condition).toBe(`  ▁▁▁▁▁▁▁█████
  true in 5 steps, false in 7, unknown in 0
  12 steps of 5s from 22:13:25 to 22:14:20 UTC, 60 spans counted
  22:13:25  false    span(ads/Get).p99 > 400ms in 0 of the last 6 steps
  22:14:00  true     span(ads/Get).p99 > 400ms in 2 of the last 6 steps
`)
  })

  it('takes values of every type', async () => {
    const answers = await piped(['span(ads).count', 'span(ads).error_rate', 'span(ads).rate * 2', 'span(ads).mean', 'replicas(deployment/ads) + 1'])
    expect(answers.map((answer) => /from (.*), last/.exec(answer)?.[1])).toEqual(['5 to 5', '0% to 0%', '2/s to 2/s', '100ms to 900ms', '2 to 2'])
  })

  it('says what is wrong with a line, at its place', async () => {
    const answers = await piped(['span(ads/Get).p98x', 'span(ads/Get).p99 > 400', 'span(ads/Get).p99 >', 'span(ads'])
    expect(answers[0]).toMatch(/^<input>:1:15: error: .*\n {2}1 \| span\(ads\/Get\)\.p98x\n {4}\| {15}\^\^\^\^\n/)
    expect(answers[1]).toMatch(/^<input>:1:21: error: .*\n {2}1 \| span\(ads\/Get\)\.p99 > 400\n {4}\| {21}\^\^\^ write 400ms\n/)
    for (const answer of answers.slice(2)) expect(answer).toMatch(/^<input>:1:\d+: error: /)
  })

  it('says of names that the recording does not have that it has none', async () => {
    const [answer] = await piped(['span(ads/Gett).p99'])
    expect(answer).toMatch(/^ {2}warning: service ads has no operation Gett; did you mean Get\?\n {2}·+ {2}unknown throughout \(empty\)\n/)
  })

  it('has commands', async () => {
    const answers = await piped([
      ':steps',
      ':every 20s',
      'span(ads).count',
      ':steps',
      ':every',
      'span(ads).count',
      ':every 7',
      ':hlp',
      ':rules',
      ':rule x',
      ':help',
      ':quit',
      'span(ads).count',
    ])
    expect(answers[0]).toBe('Nothing was measured yet.\n')
    expect(answers[1]).toContain('steps of 20s')
    expect(answers[2]).toContain('steps of 20s')
    expect(answers[3]).toContain('12 steps of 5s')
    expect(answers[4]).toMatch(/^:every 7: a duration is written/)
    expect(answers[5]).toBe('There is no command :hlp; did you mean :help?\n')
    expect(answers[6]).toMatch(/^There are no rules/)
    expect(answers[7]).toBe('There is no rule x; :rules lists them.\n')
    expect(answers[8]).toContain(':quit')
    expect(answers).toHaveLength(9)
  })

  it('knows the rules, their names and what they define', async () => {
    const [rules, rule, condition] = await piped([':rules', ':rule ads-slow', 'span(ads/Get).p99 > slow'], { rules: [join(folder, 'rules')] })
    expect(rules).toBe('ads-slow: scale deployment/ads +2 when span(ads/Get).p99 > 400ms 2 times in 30s, every 5s\n')
    // It does not act here: it stays true, where an action would start its evidence anew.
    expect(rule).toContain('true in 5 steps, false in 7, unknown in 0')
    expect(condition).toContain('true in 6 steps')
  })

  it('says what it cannot read', async () => {
    expect(await repl([], {}, [join(folder, 'nowhere')])).toEqual({ code: 2, out: '', err: `scalec: ${folder}/nowhere: no such file or directory\n` })
    expect(await repl([], { lateness: 'soon' })).toMatchObject({ code: 2, err: expect.stringContaining('--lateness soon') })
    expect(await repl([], { project: 'nowhere.json' })).toEqual({ code: 2, out: '', err: 'scalec: nowhere.json does not exist\n' })
    expect(await repl(['1 > 2'], { rules: ['nowhere'] })).toMatchObject({ code: 0, err: expect.stringContaining('nowhere does not exist') })
  })
})

describe('as a program', () => {
  it('reads a pipe', () => {
    expect(scalec(['repl', recording], { cwd: folder, input: 'span(ads).count\n:quit\n' })).toMatchObject({
      code: 0,
      out: expect.stringContaining('from 5 to 5'),
    })
  })
})

describe('typed at a terminal', () => {
  it('greets, prompts, completes with Tab and ends with Ctrl-D', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    let shown = ''
    output.on('data', (chunk: Buffer) => {
      shown += String(chunk)
    })
    const say = (text: string): void => void output.write(text)
    const ended = run([join(folder, 'traces.jsonl')], {}, { input, output, typed: true }, { out: say, err: say, outColour: false, errColour: false })
    for (const keys of ['span(ad', '\t', '/Ge', '\t', ').count\n', 'span(ads).rate\n']) input.write(keys)
    input.end()
    expect(await ended).toBe(0)
    expect(shown).toMatch(/60 spans of 1 service in .*\. :help says what can be typed\.\n/)
    expect(shown).toContain('span(ads/Get).count')
    expect(shown).toContain('from 1/s to 1/s')
    expect(shown).toContain('from 5 to 5, last 5')
  })
})
