/**
 * Programs for property tests: well-typed ones that use the whole grammar (`programs`), and the same with other spaces, lines and comments
 * between their words (`scattered`).
 */
import fc from 'fast-check'
import { analyse } from '../../src/bundle/index.ts'
import { parse } from '../../src/language/index.ts'
import { lexPiece } from '../../src/language/syntax/lex.ts'

type Text = fc.Arbitrary<string>

const one = (...choices: readonly string[]): Text => fc.constantFrom(...choices)
/** The parts side by side. */
const said = (...parts: readonly (Text | string)[]): Text => fc.tuple(...parts.map((p) => (typeof p === 'string' ? fc.constant(p) : p))).map((p) => p.join(''))
/** The part, or nothing. */
const maybe = (...parts: readonly (Text | string)[]): Text => fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, said(...parts))
const joined = (part: Text, by: Text, min: number, max: number): Text =>
  fc.tuple(fc.array(part, { minLength: min, maxLength: max }), fc.array(by, { minLength: max, maxLength: max })).map(([parts, joints]) => {
    return parts.reduce((text, p, i) => (i === 0 ? p : `${text}${joints[i]}${p}`), '')
  })
/** Some of the parts, in any order. */
const some = (parts: readonly Text[]): Text =>
  fc
    .tuple(...parts)
    .chain((all) => fc.shuffledSubarray(all))
    .map((chosen) => chosen.map((p) => ` ${p}`).join(''))

// Constants. Every program has these names; some are spelt like keywords. Windows are multiples of every step.

const constants: Text = said(
  ...['let slow = ', one('400ms', '1.5s', '250us', '2 * 200ms', '(1s + 30ms) / 2'), '\n'],
  ...['let busy = ', one('100/s', '600/min', '7200/h'), '\n'],
  ...['let share = ', one('5%', '12.5%'), '\n'],
  ...['let priority = ', one('3', '2 + 1', 'max(1, 2, 3)'), '\n'],
  ...['let window = ', one('60s', '1m30s', '2m', '60000ms'), '\n'],
  ...['let shop = ', one('"shop"', '"a \\"shop\\""', '"C:\\\\"')],
)

const constantOf = {
  duration: one('400ms', '2s', '1m30s', '750us', 'slow', '(slow)', '3 * slow', '(slow + 10ms)', 'slow / 2'),
  rate: one('20/s', '90/min', 'busy', '2 * busy', '0.5/h'),
  ratio: one('5%', '99.9%', 'share', '(share)', '99% - share'),
  number: one('1', '2', '3', '0.5', 'priority', 'priority - 1'),
  size: one('512MiB', '1.5GB', '2kB'),
} as const
type Type = keyof typeof constantOf
/** Constants that end by themselves: what clauses take. */
const duration = one('60s', '1m30s', 'slow', '(3 * slow)')
const rate = one('20/s', 'busy', '(2 * busy)')

const windows: Text = one('60s', '1m', '90s', '2m', '1m30s', '5m', '1h', 'window', '(2 * window)')
const steps: Text = one('1s', '2s', '5s', '10s', '500ms')

// Names

const word = one('ads', 'shop', 'GetAds', 'scale', 'every', 'count', 'child', 'a_b', 'cart-v2', 'hipstershop.Ads', 'in', 'where')
const quoted = one('"GET /cart"', '"a \\"b\\""', '"tab\\t"', '"//no comment"', '"ünï"')
const plainPart = fc.oneof({ arbitrary: word, weight: 4 }, quoted, one('3scale', '2024'))
const patternPart = fc.oneof({ arbitrary: plainPart, weight: 6 }, one('*', 'Get*', 'hipstershop.Ad*', '*-v2'))
const field = one('http.response.status_code', 'rpc.method', 'resource.k8s.pod.name', 'attempt', '"strange field"')

const kinds = ['deployment', 'statefulset', 'rollouts.argoproj.io', 'nomad:job', 'process:'] as const
const workloads = kinds.map((kind, i) => `${kind}${kind.endsWith(':') ? '' : '/'}w${i}${i === 1 ? ' in shop' : ''}`)
const workload = one(...workloads)

// Selectors

const test = fc.oneof(
  said(one('duration', 'self', 'gap', 'own', 'seen'), one(' > ', ' <= '), one('1s', '250ms', 'slow')),
  said(field, one(' == ', ' != ', ' > ', ' >= ', ' < '), one('500', '-5', '0.5', 'priority')),
  said(field, one(' == ', ' != '), fc.oneof(quoted, one('true', 'shop'))),
  one('status == error', 'status != ok', 'kind == client', 'kind != internal', 'depth > 3'),
  said(field, ' matches ', one('"Get*"', '"*"')),
  said('name matches ', quoted),
  said(field, ' in (', joined(fc.oneof(quoted, one('5', 'true')), fc.constant(', '), 1, 3), ')'),
  said('has ', field),
)
const { predicate } = fc.letrec<{ predicate: string; operand: string }>((tie) => ({
  operand: fc.oneof({ maxDepth: 2 }, { arbitrary: test, weight: 4 }, said('not ', tie('operand') as Text), said('(', tie('predicate') as Text, ')')),
  predicate: joined(tie('operand') as Text, one(' and ', ' or '), 1, 3),
}))
const bare = (part: Text, operations: number): Text => said(part, fc.oneof(fc.constant(''), said('/', joined(part, fc.constant('/'), 1, operations))))
const selectorOf = (part: Text): Text =>
  said(bare(part, 2), maybe(' where ', predicate), maybe(one(' under ', ' child of '), bare(part, 1), maybe(' where ', test)))
const span = said('span(', selectorOf(patternPart), ')')
/** Spans that a test can make: all is said of them. */
const loadedTest = one('attempt == 3', 'rpc.method == "Get"', 'status == error', 'resource.k8s.pod.name == shop', '"strange field" == -5')
const loaded = said('span(', bare(plainPart, 2), maybe(' where ', loadedTest), ')')

// Values

const stat = {
  duration: fc.oneof(
    one('.p50', '.p75', '.p90', '.p95', '.p99', '.p999', '.mean', '.min', '.max', '.quantile(99.5%)', '.duration.p99'),
    said(one('.self', '.seen', '.gap', '.own', '.critical'), one('.p99', '.mean', '.quantile(75%)')),
  ),
  rate: one('.rate'),
  ratio: one('.error_rate', '.apdex(400ms)', '.apdex(slow)', '.blame'),
  number: one('.count', '.errors', '.anomalies'),
} as const

function measuredIn(type: Type): Text {
  const measured = type === 'size' ? one('metric("memory", unit 1MiB)') : said(span, stat[type], maybe(' over ', windows))
  const other: Record<Type, Text> = {
    duration: fc.oneof(said('max(', measured, ', ', measured, ')'), said(measured, one(' + 10ms', ' * 2', ' / 3')), one('metric("lag", unit 1ms)')),
    rate: fc.oneof(said(measured, ' / ', one('ready', 'replicas'), '(', workload, ')'), said('min(', measured, ', ', measured, ')')),
    ratio: said('max(', measured, ', (', measured, '))'),
    number: fc.oneof(said(one('replicas', 'ready'), '(', workload, ')'), one('metric("queue_depth{queue=\'pay\'}")'), said(measured, ' - 1 + ', measured)),
    size: measured,
  }
  return fc.oneof({ arbitrary: measured, weight: 4 }, other[type], said('forecast(', measured, ', in ', windows, ')'))
}
const values = {
  duration: measuredIn('duration'),
  rate: measuredIn('rate'),
  ratio: measuredIn('ratio'),
  number: measuredIn('number'),
  size: measuredIn('size'),
}
const types = ['duration', 'rate', 'ratio', 'number', 'size'] as const

// Conditions. `more` is the operator of a rule that adds replicas, so that no condition contradicts itself.

function comparisonOf(more: boolean): Text {
  const operator = more ? one(' > ', ' >= ') : one(' < ', ' <= ')
  const mirrored = more ? one(' < ', ' <= ') : one(' > ', ' >= ')
  return fc.oneof(...types.flatMap((type) => [said(values[type], operator, constantOf[type]), said(constantOf[type], mirrored, values[type])]))
}

const spanTest = said(
  span,
  '.',
  fc.oneof(said(one('duration', 'own'), ' > ', constantOf.duration), one('status == error')),
  ' ',
  one('1', '5', '60'),
  ' times in ',
  windows,
)
const times = said(' ', one('1', '3', '5'), ' times in ', windows)
const lasting = fc.oneof(fc.constant(''), said(' for ', windows), times)
const calendar = said(
  'during ',
  fc.oneof(one('08:00-18:00', 'mon-fri', 'sat, sun', 'fri-mon, wed 22:30-06:00', 'mon - wed 00:00-24:00')),
  maybe(' in ', one('"Europe/Paris"', '"UTC"')),
)
const absence = said('absent(', span, ') for ', windows)

function conditionOf(more: boolean): Text {
  const comparison = comparisonOf(more)
  const { condition } = fc.letrec<{ condition: string; operand: string }>((tie) => ({
    operand: fc.oneof(
      { maxDepth: 2 },
      { arbitrary: said(comparison, lasting), weight: 6 },
      spanTest,
      calendar,
      absence,
      said('not ', tie('operand') as Text),
      said('(', tie('condition') as Text, ')', fc.oneof(fc.constant(''), said(' for ', windows))),
      said('(', comparison, one(' and ', ' or '), comparison, ')', times),
    ),
    condition: joined(tie('operand') as Text, one(' and ', ' or '), 1, 4),
  }))
  return condition
}

// Declarations. Targets of even index grow, those of odd index shrink: their rules' bands cannot overlap.

const number = one('2', '3', '7', '10')
const everywhere = [
  said('every ', steps),
  said('at least ', one('1', '20'), ' spans'),
  one('observe'),
  said('cooldown ', duration),
  fc.oneof(one('on missing hold'), said('on missing floor ', number, ' after ', windows)),
  said('priority ', number),
  said('between 2 and ', one('10', '15')),
]
const ofRule = some(everywhere)
const ofFreeze = some(everywhere.slice(0, 3))
const ofTarget = some([
  said('between 1 and ', one('20', '100')),
  said('up at most ', one('+4', '4', '+100%', '50%'), ' per ', windows),
  said('up at most ', one('+2', '25%'), ' per ', windows),
  said('down at most ', one('-1', '10%'), ' per ', windows),
  said('stable ', windows, ' before down'),
  said('stable ', one('30s', 'window'), ' before up'),
  said('cooldown ', windows),
  said('settle within ', windows),
  said('mode ', one('act', 'out-only', 'observe', 'off')),
  said('combine ', one('largest', 'sum')),
])

const doc = maybe(one('/// What it is for.\n', '/// Two\n/// lines.\n', '/// ü “quotes”\n'))
const label = (i: number): Text => maybe(one('slow', 'scale', 'calm-down', 'a.b', 'up'), `-${i}: `)

const setting = said('to ', one('', 'at least ', 'at most '), number)
const holding = fc.oneof(
  said('to hold ', values.rate, ' at ', constantOf.rate, maybe(' per replica')),
  said('to hold ', values.duration, ' at ', constantOf.duration),
  said('to hold ', values.number, ' at 3', maybe(' per replica')),
)
const growing = conditionOf(true)
const shrinking = conditionOf(false)

function rule(i: number): Text {
  const more = fc.nat((workloads.length - 1) / 2).chain((n) => {
    const shrinks = n > 0 && i % 2 === 1
    const which = workloads[2 * n - (shrinks ? 1 : 0)] as string
    const change = shrinks ? one('-1', '-10%', '-2') : one('+1', '+50%', '+12')
    const condition = shrinks ? shrinking : growing
    return fc.oneof(
      { arbitrary: said('scale ', which, ' ', change, ' when ', condition, ofRule), weight: 4 },
      said('scale ', which, ' ', setting, ' when ', condition, ofRule),
      said('scale ', which, ' ', holding, maybe(' when ', condition), ofRule),
      said('freeze ', which, one('', ' up', ' down'), ' when ', condition, ofFreeze),
    )
  })
  return said(doc, label(i), more)
}

const period = one('0s to 30s', '1m to 90s', '10s to window', '500ms to (window + 1m)')
const moment = one('5s', '2m', 'window')
function statement(rules: readonly string[]): Text {
  return fc.oneof(
    said('given ', workload, ' at ', number),
    said('given ready after ', moment),
    said(
      ...['load ', loaded, ' at ', rate, ' taking ', one('150ms', 'slow', '(2 * slow)')],
      ...[maybe(' ± ', one('5%', '12.5%')), maybe(' failing ', one('1%', '100%')), maybe(' under ', loaded), ' from ', period],
    ),
    one('replay "traces.jsonl.gz"'),
    said('pause ', period),
    said('expect ', workload, ' at ', number, ' by ', moment),
    said('expect ', workload, ' between 1 and ', number, ' throughout'),
    said('expect ', one('', 'no '), 'action', maybe(' on ', workload), one('', ' before 5s', ' after window', ' between 5s and 2m')),
    ...(rules.length === 0
      ? []
      : [said('expect ', one(...rules), one(' fires', ' fires 2 times', ' fires at most 3 times')), said('expect ', one(...rules), ' unknown at ', moment)]),
  )
}

const labels = /^((?:\w|[-.])+): (?:scale|freeze) /gm

/** Declarations that fit together, in any order, as lines of one program. */
const drafts: Text = fc
  .record({
    head: one('', 'language 1\n'),
    constants,
    defaults: maybe('defaults {', some([...everywhere.slice(0, 6), one('namespace boutique')]), ' }'),
    targets: fc.tuple(...workloads.map((w) => said(doc, `target ${w} {`, ofTarget, ' }'))),
    rules: fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => rule(i)))),
  })
  .chain(({ head, defaults, targets, rules, ...rest }) => {
    const names = [...rules.join('\n').matchAll(labels)].map(([, name]) => name as string)
    const tests = fc.array(joined(statement(names), fc.constant(' '), 0, 4), { maxLength: 2 })
    return fc.tuple(
      fc.constant(head),
      fc.constant([rest.constants, defaults, ...targets, ...rules]),
      tests.map((all) => all.map((statements, i) => `test "number ${i}" { ${statements} }`)),
      one('\n', '\n\n'),
    )
  })
  .chain(([head, declarations, tests, by]) =>
    fc
      .shuffledSubarray(
        [...declarations, ...tests].filter((text) => text !== ''),
        { minLength: declarations.filter((t) => t !== '').length + tests.length },
      )
      .map((all) => `${head}${all.join(by)}\n`),
  )

/** Programs without errors; some have warnings. */
export const programs: Text = drafts.filter((text) => analyse({ roots: [{ name: 'test.scale', text }] }).diagnostics.every((d) => d.severity !== 'error'))

/** A program with other spaces, line ends and comments between its words: the same program, but for what its comments document. */
export interface Scattered {
  readonly text: string
  /** How many comments `text` has. */
  readonly comments: number
}

/** What may stand between two words. `#` is replaced by a number, so that no two comments are alike. */
const gaps = one(
  '',
  '',
  '',
  ' ',
  ' ',
  '  ',
  '\t',
  '\n',
  '\n    ',
  '\n\n',
  '\r\n',
  '\n \n\n',
  ' // behind #\n',
  '//close #\n',
  '\n// own line #\n',
  '\n\n  // apart #\n\n',
  '\n/// doc #\n',
  ' // one #\n // two #\n',
)

export function scattered(source: Text): fc.Arbitrary<Scattered> {
  return source
    .chain((text) => fc.tuple(fc.constant(text), fc.infiniteStream(gaps), fc.integer({ min: 1, max: 12 })))
    .map(([text, stream, rarity]) => {
      const words = wordsOf(text)
      let comments = 0
      const pieces = words.map(({ before, image }, i) => {
        const gap = (i % rarity === 0 ? stream.next().value : undefined) ?? ''
        const between = gap.replaceAll('#', () => String(++comments))
        // What stood between the words stays, its own comments too.
        return `${before}${between}${image}`
      })
      return `${pieces.join('')}\n`
    })
    .filter((text) => parse({ name: 'test.scale', text }).diagnostics.length === 0)
    .map((text) => ({ text, comments: parse({ name: 'test.scale', text }).tree.comments.length }))
}

/** Tokens, each with the text before it. */
function wordsOf(text: string): { readonly before: string; readonly image: string }[] {
  const lexed = { tokens: [], comments: [], foreign: [] } as Parameters<typeof lexPiece>[3]
  lexPiece(text, 0, text.length, lexed)
  let end = 0
  return lexed.tokens.map(({ startOffset, image }) => {
    const before = text.slice(end, startOffset)
    end = startOffset + image.length
    return { before, image }
  })
}
