/**
 * Coverage as lcov's tracefile (geninfo(1)), which editors and code hosts show in the margin: a rule is a function that is called at every step at which
 * it is true; a comparison is a branch, taken when it is true and when it is false; a line is hit as often as the least true thing that begins on it.
 */
import type { RuleCoverage } from '../../testing/index.ts'
import { linesOf } from '../lines.ts'
import type { Coverages } from './report.ts'

export function lcov(coverages: Coverages): string {
  const files = Map.groupBy(
    coverages.flatMap(({ rules }) => rules),
    ({ file }) => file.source.name,
  )
  return [...files].map(([name, rules]) => record(name, rules)).join('')
}

interface Line {
  hits: number
  readonly branches: { readonly true: number; readonly false: number; readonly evaluated: boolean }[]
}

function record(name: string, rules: readonly RuleCoverage[]): string {
  const out = ['TN:', `SF:${name}`]
  const lines = new Map<number, Line>()
  const text = linesOf(rules[0]?.file.source.text ?? '')
  const at = (offset: number, hits: number): Line => {
    const number = text.at(offset).line
    const line = lines.get(number) ?? { hits, branches: [] }
    line.hits = Math.min(line.hits, hits)
    lines.set(number, line)
    return line
  }
  const functions: string[] = []
  for (const { rule, range, truths, conditions } of rules) {
    at(range.start, truths.true)
    functions.push(`FN:${text.at(range.start).line},${rule}`)
    for (const { leaf, range: place, truths: seen } of conditions) {
      if (!leaf) continue
      const evaluated = seen.true + seen.false + seen.unknown > 0
      at(place.start, seen.true).branches.push({ true: seen.true, false: seen.false, evaluated })
    }
  }
  out.push(...functions, ...rules.map(({ rule, truths }) => `FNDA:${truths.true},${rule}`))
  out.push(`FNF:${rules.length}`, `FNH:${rules.filter(({ truths }) => truths.true > 0).length}`)
  const ordered = [...lines].sort(([a], [b]) => a - b)
  for (const [number, { branches }] of ordered)
    branches.forEach((branch, block) => {
      // `-` says that the branch was never reached, 0 that it was not taken.
      const taken = (count: number): string => (branch.evaluated ? String(count) : '-')
      out.push(`BRDA:${number},${block},0,${taken(branch.true)}`, `BRDA:${number},${block},1,${taken(branch.false)}`)
    })
  const all = ordered.flatMap(([, { branches }]) => branches.flatMap((branch) => [branch.true, branch.false]))
  out.push(`BRF:${all.length}`, `BRH:${all.filter((count) => count > 0).length}`)
  out.push(...ordered.map(([number, { hits }]) => `DA:${number},${hits}`))
  out.push(`LF:${ordered.length}`, `LH:${ordered.filter(([, { hits }]) => hits > 0).length}`, 'end_of_record')
  return `${out.join('\n')}\n`
}
