import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decisionLine } from '../../src/recordings/index.ts'
import { planned, rule, settled, target } from '../plan/build.ts'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-explain-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return name
}
const run = (...args: readonly string[]) => scalec(['explain', ...args], { cwd: folder })

file(
  'rules.scale',
  'target deployment/ads { between 1 and 9 }\nslow: scale deployment/ads +2 when span(ads/GetAds).p99 > 400ms 5 times in 60s\ncalm: scale deployment/ads -1 when span(ads/GetAds).p99 < 80ms for 5m',
)

describe('scalec explain of rules', () => {
  it('says all of them in plain words', () => {
    const { code, out, err } = run('rules.scale')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('slow (rules.scale:2)')
    expect(out).toContain('When the p99 duration of GetAds on ads was below 80ms at every step of the last 5m, take 1 replica')
  })
  it('says one, from a compiled bundle too', () => {
    expect(scalec(['compile', 'rules.scale', '-o', 'rules.bundle.json'], { cwd: folder }).code).toBe(0)
    const { code, out } = run('rules.bundle.json', '--rule', 'slow')
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toBe('slow (rules.scale:2)')
    expect(out).not.toContain('calm (')
  })
  it('says it to programs', () => {
    const { out } = run('rules.scale', '--rule', 'slow', '--rate', '1000/s', '--format', 'json')
    const { rules } = JSON.parse(out)
    expect(rules).toHaveLength(1)
    expect(rules[0]).toMatchObject({
      rule: 'slow',
      reaction: { steps: 5, earliestNs: 25e9 },
      values: [{ provenance: 'stream', exact: true }],
      cost: { known: true },
    })
  })
  it('knows what spans cost where a catalog says how many there are', () => {
    const services = [{ name: 'ads', operations: [{ name: 'GetAds', kind: 'server', rate: 20 }], attributes: [] }]
    file('catalog.json', JSON.stringify({ format: 1, services, workloads: [] }))
    const { out } = run('rules.scale', '--rule', 'slow', '--catalog', 'catalog.json')
    expect(out).toContain('In the catalog: GetAds of ads (SERVER, 20/s).')
    expect(out).toMatch(/At 20\/s: at most \d+ µs a second/)
  })
  it.each<[string, readonly string[], string]>([
    ['a rule that is not there', ['rules.scale', '--rule', 'slwo'], 'scalec: there is no rule slwo; did you mean slow?\n'],
    ['nothing like it', ['rules.scale', '--rule', 'zzzzzzzz'], 'scalec: there is no rule zzzzzzzz; there are slow and calm\n'],
    ['a file that is not there', ['gone.scale'], 'scalec: gone.scale does not exist\n'],
    ['a rate without a unit', ['rules.scale', '--rate', '100'], 'scalec: --rate 100: a rate is written 10000/s or 600/min\n'],
  ])('refuses %s', (_, args, err) => expect(run(...args)).toEqual({ code: 2, out: '', err }))
})

describe('scalec explain of a decision', () => {
  const slow = rule('slow', '+2')
  const action = planned(2, [[slow, 'true']])
  const held = planned(4, [[slow, 'true']], {
    at: 1020e9,
    target: target({ cooldownNs: 60e9 }),
    state: settled(0, 4, { lastAction: { at: 1000e9, from: 2, to: 4, id: 'x' } }),
  })
  const log = file('decisions.jsonl', `${[action, held].map((decision) => `${decisionLine(decision)}\n`).join('')}`)

  it('finds it by the beginning of its id', () => {
    const { code, out } = run(log, '--decision', action.id.slice(0, 6).toUpperCase())
    expect(code).toBe(0)
    expect(out).toContain('scale 2 → 4 [ScaleUp]')
  })
  it('finds the newest', () => {
    expect(run(log, '--last').out).toContain('Held: the cooldown had 40s left.')
    expect(JSON.parse(run(log, '--last', '--format', 'json').out)).toMatchObject({
      id: held.id,
      reason: 'Cooldown',
      otherwise: ['Held: the cooldown had 40s left.'],
    })
  })
  it('reads on behind lines that are no decisions, and says which', () => {
    const torn = file('torn.jsonl', `${decisionLine(action)}\nnothing\n${decisionLine(held).slice(0, 40)}`)
    const { code, out, err } = run(torn, '--last')
    expect(code).toBe(0)
    expect(out).toContain(action.id)
    expect(err).toBe(
      'scalec: torn.jsonl:2: this is no decision: it is no JSON\nscalec: torn.jsonl:3: this is no decision: it is no JSON (the last line has no end: it may still be being written)\n',
    )
  })
  it.each<[string, readonly string[], string]>([
    [
      'an id that nothing has',
      [log, '--decision', 'ffffffffffffffff0'],
      'scalec: no decision of decisions.jsonl (2 decisions) has an id that begins with ffffffffffffffff0\n',
    ],
    ['an id that several have', [log, '--decision', ''], `scalec: 2 decisions have an id that begins with :`],
    ['both ways to say which', [log, '--decision', 'a', '--last'], 'scalec: give --decision or --last, one of the two\n'],
    ['no log', ['--last'], 'scalec: name the decision log, which scaled writes and scalec replay --decisions\n'],
    ['a log that is not there', ['gone.jsonl', '--last'], 'scalec: gone.jsonl: there is no such file\n'],
    ['an empty log', [file('empty.jsonl', ''), '--last'], 'scalec: there is no decision in the log\n'],
  ])('refuses %s', (_, args, message) => {
    const { code, out, err } = run(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.startsWith(message)).toBe(true)
  })
})

describe('scalec check --cost', () => {
  it('prints bounds for a declared rate, the dearest first', () => {
    const { code, out } = scalec(['check', 'rules.scale', '--rate', '600000/min'], { cwd: folder })
    expect(code).toBe(0)
    expect(out).toMatch(/\n {2}slow {2}at 10000\/s: at most [\d.]+ ms a second of a processor and [\d.]+ MB\n {2}calm {2}at/)
    expect(out).toMatch(/\ntogether at most [\d.]+ ms a second of a processor and [\d.]+ MB\n$/)
  })
  it('says it to programs, and nothing unless asked', () => {
    const asked = JSON.parse(scalec(['check', 'rules.scale', '--cost', '--format', 'json'], { cwd: folder }).out)
    expect(asked.cost.rules.map(({ rule, known }: { rule: string; known: boolean }) => [rule, known])).toEqual([
      ['slow', false],
      ['calm', false],
    ])
    expect(JSON.parse(scalec(['check', 'rules.scale', '--format', 'json'], { cwd: folder }).out)).not.toHaveProperty('cost')
  })
  it('refuses a rate without a unit', () => {
    expect(scalec(['check', 'rules.scale', '--rate', '5'], { cwd: folder })).toMatchObject({
      code: 2,
      err: 'scalec: --rate 5: a rate is written 10000/s or 600/min\n',
    })
  })
})
