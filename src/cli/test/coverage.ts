/** Coverage of a test run as a table and as JSON. */
import type { TextRange } from '../../language/index.ts'
import { type ClauseCoverage, type ConditionCoverage, isCovered, isRuleCovered, type RuleCoverage, type Truths } from '../../testing/index.ts'
import { linesOf } from '../lines.ts'
import type { Coverages } from './report.ts'

export interface Share {
  readonly covered: number
  readonly of: number
}

export interface Shares {
  /** Rules whose condition was true and was false. */
  readonly rules: Share
  /** Comparisons and counts of spans, each by itself, that were true and were false. */
  readonly comparisons: Share
  /** Clauses that took effect. */
  readonly clauses: Share
}

export function sharesOf(coverages: Coverages): Shares {
  const rules = coverages.flatMap((coverage) => coverage.rules)
  const comparisons = rules.flatMap(({ conditions }) => conditions.filter(({ leaf }) => leaf))
  const clauses = coverages.flatMap((coverage) => coverage.clauses)
  return { rules: share(rules, isRuleCovered), comparisons: share(comparisons, isCovered), clauses: share(clauses, tookEffect) }
}

function share<T>(all: readonly T[], isGood: (one: T) => boolean): Share {
  return { covered: all.filter(isGood).length, of: all.length }
}

function tookEffect({ truths }: ClauseCoverage): boolean {
  return truths.true > 0
}

/** 1 of nothing. */
export function ratio({ covered, of }: Share): number {
  return of === 0 ? 1 : covered / of
}

interface Row {
  readonly text: string
  readonly truths?: Partial<Truths>
  /** What the tests have not seen. */
  readonly missing?: string
}

export function coverageText(coverages: Coverages): string {
  const shares = sharesOf(coverages)
  const rows = coverages.flatMap(({ rules, clauses }) => [...byFile(rules, ruleRows), ...clauseRows(clauses)])
  const width = Math.max(0, ...rows.map(({ text, truths }) => (truths === undefined ? 0 : Math.min(text.length, widest))))
  const lines = rows.map(({ text, truths, missing }) => {
    if (truths === undefined) return text
    const counts = [truths.true, truths.false, truths.unknown].map((n) => (n === undefined ? '' : String(n)).padStart(8)).join('')
    return `${shortened(text).padEnd(width)}${counts}${missing === undefined ? '' : `  ${missing}`}`
  })
  const head = `${'steps that were'.padEnd(width)}${['true', 'false', 'unknown'].map((word) => word.padStart(8)).join('')}`
  const parts = Object.entries(shares).map(([name, { covered, of }]: [string, Share]) => `${name} ${covered} of ${of} (${percent(ratio({ covered, of }))})`)
  return `${[...(rows.length === 0 ? [] : [head, ...lines, '']), `covered: ${parts.join(', ')}`].join('\n')}\n`
}

const widest = 90

function shortened(text: string): string {
  return text.length <= widest ? text : `${text.slice(0, widest - 2)} …`
}

/** Whole, and never 100 % before it is. */
export function percent(ratio: number): string {
  return `${Math.floor(ratio * 100 + 1e-9)}%`
}

function byFile(rules: readonly RuleCoverage[], rowsOf: (rule: RuleCoverage) => readonly Row[]): Row[] {
  const files = Map.groupBy(rules, ({ file }) => file)
  return [...files].flatMap(([file, own]) => [{ text: file.source.name }, ...own.flatMap(rowsOf)])
}

function ruleRows(rule: RuleCoverage): Row[] {
  const { file, conditions, truths } = rule
  const place = lineOf(file, rule.range)
  // A condition that is one comparison says nothing that its rule does not.
  const parts = conditions.length > 1 ? conditions.filter(({ leaf }) => leaf) : []
  return [
    row(`  ${place} ${rule.rule}`, truths, isRuleCovered(rule)),
    ...parts.map((part: ConditionCoverage) => row(`    ${lineOf(file, part.range)} ${source(file, part.range)}`, part.truths, isCovered(part))),
  ]
}

function row(text: string, truths: Truths, covered: boolean): Row {
  const never = [truths.true === 0 ? 'true' : '', truths.false === 0 ? 'false' : ''].filter((word) => word !== '')
  return { text, truths, ...(covered ? {} : { missing: `never ${never.join(' nor ')}` }) }
}

function clauseRows(clauses: readonly ClauseCoverage[]): Row[] {
  const idle = clauses.filter((clause) => !tookEffect(clause))
  if (idle.length === 0) return []
  return [
    { text: '  clauses that never took effect' },
    ...idle.map(({ of, file, range }) => ({ text: `    ${lineOf(file, range)} ${of}: ${source(file, range)}` })),
  ]
}

function lineOf(file: RuleCoverage['file'], range: TextRange): number {
  return linesOf(file.source.text).at(range.start).line
}

/** On one line. */
function source(file: RuleCoverage['file'], { start, end }: TextRange): string {
  return file.source.text.slice(start, end).replace(/\s+/g, ' ')
}

export function coverageJson(coverages: Coverages): object {
  const shares = sharesOf(coverages)
  const placed = (file: RuleCoverage['file'], range: TextRange): object => {
    const lines = linesOf(file.source.text)
    return { range: { ...range, from: lines.at(range.start), to: lines.at(range.end) }, text: source(file, range) }
  }
  return {
    shares: Object.fromEntries(Object.entries(shares).map(([name, one]: [string, Share]) => [name, { ...one, ratio: ratio(one) }])),
    rules: coverages.flatMap(({ rules }) =>
      rules.map((rule) => ({
        file: rule.file.source.name,
        rule: rule.rule,
        line: lineOf(rule.file, rule.range),
        covered: isRuleCovered(rule),
        steps: rule.truths,
        conditions: rule.conditions.map(({ kind, leaf, range, truths }) => ({ kind, comparison: leaf, ...placed(rule.file, range), steps: truths })),
      })),
    ),
    clauses: coverages.flatMap(({ clauses }) =>
      clauses.map(({ of, file, range, truths }) => ({
        file: file.source.name,
        of,
        ...placed(file, range),
        decisions: { tookEffect: truths.true, didNot: truths.false },
      })),
    ),
  }
}
