/** The runbook has an entry for everything that may be looked up there, and none for what is gone. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { schema } from '../../src/daemon/config/schema.ts'
import { shapeAt } from '../../src/daemon/config/walk.ts'
import { exposedMetrics } from './exposed.ts'

const page = readFileSync('deploy/RUNBOOK.md', 'utf8')
/** The text below a heading, up to the next of its kind. */
const section = (title: string): string => page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) as string
const firstCells = (text: string): readonly string[] => [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name as string)

it('has every reason of a decision', () => {
  const contract = readFileSync('src/plan/contract.ts', 'utf8')
  const union = /export type Reason =\n([\s\S]*?)\n\nexport/.exec(contract)?.[1] ?? ''
  const reasons = [...union.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, reason]) => reason as string)
  expect(reasons).toContain('Standby')
  expect([...firstCells(section('Reasons'))].sort()).toEqual([...reasons].sort())
})

it('has every metric', () => {
  const names = exposedMetrics().map(({ name }) => name)
  expect(names.length).toBeGreaterThan(50)
  expect([...firstCells(section('Metrics'))].sort()).toEqual([...names].sort())
})

it('has every alert', () => {
  const { groups } = parse(readFileSync('deploy/alerts.yaml', 'utf8')) as { groups: readonly { rules: readonly { alert: string }[] }[] }
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
  expect([...section('Alerts').matchAll(/^### (\w+)\n\S/gm)].map(([, name]) => name)).toEqual(alerts)
  // What other entries point to is there.
  for (const [, name] of page.matchAll(/`(Scaled[A-Z]\w+)`/g)) expect(alerts).toContain(name)
})

it('says something in every cell', () => {
  for (const row of page.split('\n').filter((line) => /^\| `/.test(line)))
    expect(row.split('|').slice(1, -1), row).toEqual([0, 1, 2].map(() => expect.stringMatching(/\S/)))
})

it('names keys of the configuration that there are', () => {
  const sections = Object.keys(shapeAt(schema, []) ?? {}).join('|')
  const named = [...page.matchAll(new RegExp(`\`((?:${sections})\\.[a-z_.]+)\``, 'g'))].map(([, key]) => key as string)
  expect(named.length).toBeGreaterThan(10)
  // A file, and a part of the status.
  for (const key of named.filter((each) => each !== 'state.json' && each !== 'traces.caps')) {
    const path = key.split('.')
    expect(shapeAt(schema, path.slice(0, -1)), key).toHaveProperty(path.at(-1) as string)
  }
})
