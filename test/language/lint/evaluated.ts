/** Conditions and loads at random, and what the evaluator says of the one under the other. */
import fc from 'fast-check'
import { compile } from '../../../src/bundle/index.ts'
import { createEvaluator, type Epoch } from '../../../src/evaluate/index.ts'
import type { Diagnostic, LintContext } from '../../../src/language/index.ts'
import { createDictionary, SpanTable } from '../../../src/spans/index.ts'
import { at, fill, type TestSpan, truthOf } from '../../evaluate/builders.ts'

const one = <T>(...choices: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...choices)
const text = (...parts: readonly (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))

// Few names and few numbers, so that parts meet.

const selector = fc.oneof(
  { arbitrary: one('s/A'), weight: 6 },
  one('s/B', 's/A where x == 1', 's/A where x == 1 and x == 2', 's/A where x in (1, 2) and x != 3', 's'),
)
const window = fc.oneof({ arbitrary: one(''), weight: 4 }, one(' over 10s', ' over 20s'))
const order = one('>', '>=', '<', '<=')
const operator = fc.oneof({ arbitrary: order, weight: 6 }, one('==', '!='))
const of = (stat: fc.Arbitrary<string>): fc.Arbitrary<string> => text('span(', selector, ').', stat, window)
const latency = of(one('p50', 'p90', 'p99', 'mean', 'min', 'max'))
const number = of(one('count', 'errors'))

const comparison = fc.oneof(
  { arbitrary: text(latency, ' ', operator, ' ', one('100ms', '200ms', '300ms')), weight: 6 },
  { arbitrary: text(number, ' ', operator, ' ', one('0', '1', '2', '3')), weight: 3 },
  { arbitrary: text(of(one('rate')), ' ', order, ' ', one('0.2/s', '0.4/s')), weight: 1 },
  { arbitrary: text(of(one('error_rate')), ' ', order, ' ', one('20%', '60%', '100%')), weight: 1 },
  { arbitrary: text(latency, ' ', order, ' ', latency), weight: 2 },
  { arbitrary: text(number, ' ', order, ' ', number), weight: 1 },
)
/** The load begins on a Monday at midnight. */
const during = one('during mon 00:00-00:01', 'during mon 00:01-00:02', 'during mon-fri', 'during sat, sun', 'during sun 23:00-00:01', 'during mon-sun')
const spans = text('span(', selector, ').duration > ', one('100ms', '200ms'), ' ', one('1', '2', '3'), ' times in ', one('10s', '20s'))
const absent = text('absent(span(', selector, ')) for ', one('10s', '20s'))

const leaf = fc.oneof({ arbitrary: comparison, weight: 10 }, during, spans, absent)

export const condition: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'condition' },
    leaf,
    text('(', tie('node'), ' and ', tie('node'), ')'),
    text('(', tie('node'), ' and ', tie('node'), ')'),
    text('(', tie('node'), ' or ', tie('node'), ')'),
    text('not (', tie('node'), ')'),
    text('(', tie('node'), ') for ', one('5s', '10s', '20s')).map((t) => `(${t})`),
    text('(', tie('node'), ') ', one('1', '2', '3'), ' times in ', one('15s', '20s')).map((t) => `(${t})`),
  ),
})).node

const span: fc.Arbitrary<TestSpan> = fc.record({
  end: fc.oneof(
    fc.integer({ min: 0, max: 90 }),
    fc.integer({ min: 0, max: 899 }).map((tenths) => tenths / 10 + 0.05),
  ),
  ms: one(50, 100, 150, 200, 250, 300, 350),
  service: one('s', 's', 's', 'other'),
  operation: one('A', 'A', 'B'),
  error: fc.boolean(),
  attributes: one<Readonly<Record<string, number>>>({ x: 1 }, { x: 2 }, {}),
})

export interface Load {
  readonly spans: readonly TestSpan[]
  /** From which second on the target acted at this one. */
  readonly epoch: number | undefined
}

export const load: fc.Arbitrary<Load> = fc.record({
  spans: fc.array(span, { maxLength: 60, size: 'max' }),
  epoch: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
})

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[]
  /** Truths of each rule at each step; undefined where there is nothing to run. */
  readonly run: ((load: Load) => readonly (readonly string[])[]) | undefined
}

/** Rules that can never fire are compiled all the same. */
const lenient: LintContext = { severities: { SC3023: 'warning', SC3024: 'warning' } }

export function compiled(rules: string): Compiled {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text: rules }] }, { compiler: 'test', ...lenient })
  if (bundle === undefined) return { diagnostics, run: undefined }
  const run = ({ spans: found, epoch }: Load): string[][] => {
    const dictionary = createDictionary()
    const evaluator = createEvaluator({ bundle, dictionary, startAt: at(0), staleNs: 20e9 })
    const table = new SpanTable(dictionary, bundle.projection)
    let id = 0
    fill(table, found, () => ++id)
    evaluator.ingest(table, undefined)
    const said: string[][] = []
    for (let due = evaluator.due(undefined, true); due !== undefined; due = evaluator.due(undefined, true)) {
      const acted = epoch !== undefined && due > at(epoch)
      const epochs = new Map<string, Epoch>(acted ? [['deployment/a', { kind: 'since', at: at(epoch) }]] : [])
      said.push(evaluator.step({ at: due, world: new Map(), epochs }).map(truthOf))
    }
    return said
  }
  return { diagnostics, run }
}
