/** The picture of a replay is what `scalec replay` says, as columns. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Picture, TargetPicture } from '../../lsp/playground/contract.ts'
import { pictureOf, type ReplayAnswer, type ReplaySettings } from '../../lsp/playground/replay.ts'
import { version } from '../../src/cli/version.ts'
import { isRecording, openRecording } from '../../src/recordings/index.ts'
import { scalec } from '../cli/scalec.ts'

const folder = 'examples/queue-and-workers'
const rules = join(folder, 'rules.scale')
const settings: ReplaySettings = { rules: [rules], lint: {}, version, readyAfterNs: 30e9, latenessNs: 5e9, replicas: { 'deployment/workers': 4 } }

interface Given {
  readonly texts?: Readonly<Record<string, string>>
  readonly settings?: Partial<ReplaySettings>
  readonly recording?: string
  readonly replicas?: Readonly<Record<string, number>>
  readonly cancelled?: () => boolean
}

async function replayed({ texts = {}, recording = 'backlog.jsonl.gz', replicas = {}, cancelled = () => false, ...given }: Given = {}): Promise<ReplayAnswer> {
  const opened = await openRecording(join(folder, recording))
  if (!isRecording(opened)) throw new Error(opened.message)
  return pictureOf({ ...settings, ...given.settings }, { recording: opened, texts: new Map(Object.entries(texts)), replicas, cancelled })
}

async function pictured(given: Given = {}): Promise<Picture> {
  const answer = await replayed(given)
  if (answer.kind !== 'picture') throw new Error(JSON.stringify(answer))
  return answer.picture
}

function target(picture: Picture, id: string): TargetPicture {
  const found = picture.targets.find((each) => each.id === id)
  if (found === undefined) throw new Error(`no ${id}`)
  return found
}

const one = (text: string): Given => ({ settings: { rules: [] }, texts: { 'one.scale': text } })

describe('a picture', () => {
  it('has the values of a rule beside its threshold, and a gap where they are unknown', async () => {
    const workers = target(await pictured(), 'deployment/workers')
    const rule = workers.rules.find(({ name }) => name === 'workers-too-few')
    const [series] = rule?.series ?? []
    expect(series).toMatchObject({ text: 'span(workers/"process messages").gap.p95', against: '500ms', operator: '>', type: 'duration' })
    const { values = [], thresholds = [], unknown = [] } = series ?? {}
    expect(values).toHaveLength(12)
    // While the new replicas start nothing is known of them.
    expect(values.at(-1)).toBeNull()
    expect(unknown.at(-1)).toBe('settling')
    expect(values.map((value) => value === null)).toEqual(unknown.map((why) => why !== null))
    expect(values).not.toContain(0)
    expect(new Set(thresholds)).toEqual(new Set([500e6]))
    expect(values.filter((value) => value !== null && value > 500e6)).toHaveLength(2)
  })

  it('has the replicas as the steps left them', async () => {
    const { initial, at, desired, ready } = target(await pictured(), 'deployment/workers')
    expect(initial).toBe(4)
    expect(desired).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8])
    expect(ready).toEqual(Array(12).fill(4))
    expect(at.map((end) => end - (at[0] ?? 0))).toEqual(Array.from({ length: 12 }, (_, i) => 5 * i))
  })

  it('says when a rule asked for something', async () => {
    const rule = target(await pictured(), 'deployment/workers').rules.find(({ name }) => name === 'workers-too-few')
    expect(rule?.fired.indexOf(true)).toBe(8)
    expect(rule?.truth[8]).toBe('true')
    expect(rule?.fired.filter(Boolean)).toHaveLength(1)
  })

  it('starts where the page says, or else the command line', async () => {
    const picture = await pictured({ replicas: { 'deployment/workers': 6 } })
    expect(target(picture, 'deployment/workers').desired.at(-1)).toBe(10)
    expect(target(picture, 'statefulset/database').initial).toBe(1)
  })

  it('tells of names that the recording does not have', async () => {
    const { warnings } = await pictured(one('scale deployment/workers +1 when span(wrokers).p99 > 1s 2 times in 15s'))
    expect(warnings).toEqual(['no span of service wrokers; did you mean workers?'])
    const other = await pictured(one('scale deployment/workers +1 when span(adservice).p99 > 1s 2 times in 15s'))
    expect(other.warnings).toEqual(['no span of service adservice; there are database, gateway, orders, uploads and workers'])
  })

  it('counts spans where the condition counts spans', async () => {
    const picture = await pictured(one('scale deployment/workers +1 when span(workers/"process messages").duration > 10ms 3 times in 10s'))
    const [series] = target(picture, 'deployment/workers').rules[0]?.series ?? []
    expect(series).toMatchObject({ type: 'number', against: '3 spans' })
    expect(Math.max(...(series?.values ?? []).map((value) => value ?? 0))).toBeGreaterThan(3)
  })

  it('of a rule that holds a value has the value, and where it is to be with as many replicas', async () => {
    const picture = await pictured(one('scale deployment/workers to hold span(workers/"process messages").rate at 10/s per replica'))
    const { rules, desired, initial } = target(picture, 'deployment/workers')
    const [series] = rules[0]?.series ?? []
    expect(series).toMatchObject({ operator: 'held at', against: '10/s per replica', type: 'rate' })
    const counts = [initial, ...desired]
    for (const [i, threshold] of (series?.thresholds ?? []).entries()) expect([10 * (counts[i] ?? 0), 10 * (counts[i + 1] ?? 0)]).toContain(threshold)
  })

  it('measures the side that is measured, whichever it is', async () => {
    const picture = await pictured(one('scale deployment/workers +1 when 500ms < span(workers/"process messages").p95 for 10s'))
    expect(target(picture, 'deployment/workers').rules[0]?.series[0]).toMatchObject({
      text: 'span(workers/"process messages").p95',
      operator: '>',
      against: '500ms',
    })
  })
})

describe('rules that are wrong', () => {
  it('give problems with their places, and no picture', async () => {
    const text = readFileSync(rules, 'utf8').replace('let backlog = 500ms', 'let backlog = 500')
    expect(await replayed({ texts: { [rules]: text } })).toEqual({
      kind: 'refused',
      problems: [{ message: 'a Duration is compared with a Number: did you mean 500ms?', severity: 'error', code: 'SC2101', file: rules, line: 31 }],
    })
  })

  it('and a file without a rule are told apart', async () => {
    expect(await replayed(one('let a = 1s'))).toMatchObject({ kind: 'refused', problems: [{ message: expect.stringContaining('no rule') }] })
  })
})

it('a replay that is not wanted any more ends between two steps', async () => {
  let steps = 0
  const answer = await replayed({ cancelled: () => ++steps === 3 })
  expect(answer).toEqual({ kind: 'cancelled' })
  expect(steps).toBe(3)
})

describe('decisions', () => {
  const out = mkdtempSync(join(tmpdir(), 'scale-picture-'))
  afterAll(() => rmSync(out, { recursive: true }))

  it.each(['backlog.jsonl.gz', 'saturation.jsonl.gz'])('of %s are those of scalec replay, to the byte', async (recording) => {
    const log = join(out, `${recording}.jsonl`)
    const told = scalec(['replay', join(folder, recording), '--rules', rules, '--replicas', 'deployment/workers=4', '--decisions', log])
    expect(told).toMatchObject({ code: 0, err: '' })
    const answer = await replayed({ recording })
    if (answer.kind !== 'picture') throw new Error(answer.kind)
    const lines = [...answer.log.values()]
    expect(lines).toEqual(readFileSync(log, 'utf8').trimEnd().split('\n'))
    expect(answer.picture.targets.flatMap(({ decisions }) => decisions)).toHaveLength(lines.length)
  })
})
