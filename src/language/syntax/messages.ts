/** Everything that the syntax says. A code is never used again for something else. */
import { message } from '../diagnostics.ts'

export const unexpected = message<{ expected: string; found: string; help?: string }>(
  'SC1001',
  'error',
  (p) => `expected ${p.expected}, found ${p.found}`,
  (p) => p.help,
)

export const foreignCharacters = message<{ text: string }>(
  'SC1002',
  'error',
  (p) => `${p.text} means nothing here`,
  () => 'put names with other characters than letters, digits, `_`, `-` and `.` in quotes',
)

export const misspelt = message<{ word: string; meant: string }>('SC1003', 'error', (p) => `expected \`${p.meant}\`, found \`${p.word}\``)

export const quoteMissing = message(
  'SC1004',
  'error',
  () => 'the closing quote is missing',
  () => 'end the text with `"` on its own line',
)

export const singleQuotes = message('SC1005', 'error', () => 'text stands in double quotes')

export const textNotQuoted = message<{ text: string }>('SC1006', 'error', (p) => `text stands in quotes, and \`${p.text}\` does not`)

export const unitApart = message<{ number: string; unit: string }>('SC1007', 'error', (p) => `a unit stands right behind its number: \`${p.number} ${p.unit}\``)

export const unitSpelling = message<{ unit: string }>('SC1008', 'error', (p) => `\`${p.unit}\` is not how SCALE spells this unit`)

export const unknownUnit = message<{ text: string; unit: string }>(
  'SC1009',
  'error',
  (p) => `\`${p.text}\` has the unit \`${p.unit}\`, which there is not`,
  () => 'durations are written with ns, us, ms, s, m, h or d, rates with /s, /min or /h, sizes with B, KiB, MiB or GiB',
)

export const wordForSign = message<{ sign: string; word: string }>('SC1010', 'error', (p) => `\`${p.sign}\` is written \`${p.word}\``)

export const singleEqual = message('SC1011', 'error', () => 'two values are compared with `==`; a single `=` only names a constant')

export const comparisonSpelling = message<{ sign: string; meant: string }>('SC1012', 'error', (p) => `\`${p.sign}\` is written \`${p.meant}\``)

export const needlessSign = message<{ sign: string; after: string }>('SC1013', 'error', (p) => `no \`${p.sign}\` belongs after ${p.after}`)

export const windowInBrackets = message<{ window: string }>('SC1014', 'error', (p) => `a window is written \`over ${p.window}\`, not in brackets`)

export const noSuchFunction = message<{ name: string }>(
  'SC1015',
  'error',
  (p) => `there is no function \`${p.name}\``,
  (p) =>
    /^(?:p\d{1,4}|rate|count|quantile|mean|errors|error_rate|apdex)$/.test(p.name)
      ? `write it behind the spans: span(service/operation).${p.name}`
      : 'the functions are span, absent, replicas, ready, metric, forecast, min and max',
)

export const declarationExpected = message<{ found: string }>(
  'SC1016',
  'error',
  (p) => `expected a declaration, found ${p.found}`,
  () => 'a declaration starts with `scale`, `freeze`, `target`, `let`, `defaults`, `test` or `import`, and a rule also with its label: ads-slow: scale …',
)

export const languageNotFirst = message('SC1017', 'error', () => '`language` stands on the first line or not at all')

export const spacesInName = message<{ text: string }>('SC1018', 'error', (p) => `\`${p.text}\` has spaces in it, so it must stand in quotes`)

export const workloadWithoutKind = message<{ name: string }>(
  'SC1019',
  'error',
  (p) => `\`${p.name}\` is not a whole workload: its kind is missing`,
  (p) => `a workload is written kind/name, as deployment/${p.name}`,
)

export const conditionExpected = message<{ text: string }>(
  'SC1020',
  'error',
  (p) => `expected a condition, and \`${p.text}\` is a value`,
  () => 'compare it with another value, as in span(shop/Pay).p99 > 400ms',
)

export const valueExpected = message<{ text: string }>('SC1021', 'error', (p) => `expected a value, and \`${p.text}\` is a condition`)

export const chainedComparison = message(
  'SC1022',
  'error',
  () => 'comparisons do not chain',
  () => 'join two comparisons with `and`',
)

export const nothingToCount = message<{ word: 'for' | 'times' }>(
  'SC1023',
  'error',
  (p) => `\`${p.word}\` stands behind a comparison, and this is a value`,
  () => 'compare the value first, as in span(shop/Pay).p99 > 400ms for 5m',
)

export const ruleExpected = message<{ word: string }>(
  'SC1024',
  'error',
  (p) => `a rule is expected before \`${p.word}\`, and this is a workload`,
  () => 'name the rule by its label',
)

export const noSuchDay = message<{ name: string }>(
  'SC1025',
  'error',
  (p) => `\`${p.name}\` is no day`,
  () => 'the days are mon, tue, wed, thu, fri, sat and sun; mon-fri is all from the one to the other',
)

export const noSuchTime = message<{ text: string }>(
  'SC1026',
  'error',
  (p) => `\`${p.text}\` is no time of day`,
  () => 'times go from 00:00 to 24:00',
)

export const tooLong = message(
  'SC1027',
  'error',
  () => 'this formula is too long or nested too deep',
  () => 'name its parts with `let`, or write several rules',
)

export const promql = message<{ text: string; ours: string }>(
  'SC1046',
  'error',
  (p) => `\`${p.text}\` is PromQL: a metric is asked for as text`,
  (p) => `for values of spans write ${p.ours}, which needs no metric`,
)

export const functionOfSpans = message<{ name: string; stat: string }>('SC1029', 'error', (p) => `\`${p.name}\` stands behind its spans: \`${p.stat}\``)

export const grouping = message<{ written: string }>(
  'SC1030',
  'error',
  (p) => `values are not grouped, as in \`${p.written}\`: a rule is about one workload`,
  () => 'write a rule for each, or select with `where`',
)

export const spansInBraces = message<{ text: string }>('SC1031', 'error', (p) => `spans are selected with parentheses: \`${p.text}\``)

export const selectorSpelling = message<{ text: string }>(
  'SC1032',
  'error',
  (p) => `service and operation stand first: \`${p.text}\``,
  () => 'further tests of a span stand after `where`',
)

export const pipe = message<{ written: string; stat: string }>(
  'SC1033',
  'error',
  (p) => `nothing is piped: what is asked of spans stands behind a dot, as in \`${p.stat}\``,
  (p) => `write \`${p.stat}\` for \`| ${p.written}\``,
)

export const regularExpression = message<{ sign: string; meant: string }>(
  'SC1034',
  'error',
  (p) => `\`${p.sign}\` is written \`${p.meant}\``,
  () => 'a pattern has `*` for any characters and no other signs; join several patterns with `or`',
)

export const keyOfOthers = message<{ written: string; meant: string }>('SC1035', 'error', (p) => `\`${p.written}\` is written \`${p.meant}\``)

export const metricKey = message<{ name: string }>(
  'SC1036',
  'error',
  (p) => `\`${p.name}\` does not stand in a block: a rule says what is held`,
  () => 'write a rule: scale deployment/ads to hold span(ads/GetAds).rate at 50/s per replica',
)

export const behaviourKey = message<{ name: string }>(
  'SC1037',
  'error',
  (p) => `\`${p.name}\` is no clause`,
  () => 'the pace of a target is written `up at most +4 per 60s`, `down at most 10% per 60s` and `stable 5m before down`',
)

export const conditionFirst = message(
  'SC1038',
  'error',
  () => 'a rule begins with what it does, and its condition follows',
  () => 'write scale WORKLOAD ACTION when CONDITION',
)

export const actionOrder = message<{ direction: string; action: string }>(
  'SC1039',
  'error',
  (p) => `the action stands behind the workload: \`${p.action}\`, not \`${p.direction}\``,
)

export const actionSpelling = message<{ written: string; action: string }>('SC1040', 'error', (p) => `\`${p.written}\` is written \`${p.action}\``)

export const partsApart = message<{ first: string; second: string; meant: string }>(
  'SC1041',
  'error',
  (p) => `\`${p.first}\` and \`${p.second}\` are joined by a slash: \`${p.meant}\``,
)

export const numberSpelling = message<{ written: string; meant: string }>('SC1042', 'error', (p) => `\`${p.written}\` is written \`${p.meant}\``)

export const quantileSpelling = message<{ written: string; meant: string }>('SC1043', 'error', (p) => `\`.${p.written}\` is written \`.${p.meant}\``)

export const notOrder = message<{ field: string; word: string }>('SC1044', 'error', (p) => `\`not\` stands before the test: \`not ${p.field} ${p.word}\``)

export const commentSign = message<{ sign: '#' | '/*' | '*/'; isOpen?: boolean }>(
  'SC1045',
  'error',
  (p) => (p.sign === '*/' ? '`*/` closes nothing: a comment begins with `//` and ends with its line' : 'a comment begins with `//`'),
  (p) => (p.isOpen === true || p.sign === '*/' ? 'put `//` before each line that is a comment' : undefined),
)

export const lookAlike = message<{ found: string; meant: string }>('SC1050', 'error', (p) => `${p.found} is written ${p.meant}`)

export const quotedLabel = message<{ name: string; written: 'text' | 'words' | 'keyword' }>(
  'SC1047',
  'error',
  (p) =>
    p.written === 'keyword'
      ? `a rule begins with its label, and nothing before it: \`${p.name}\``
      : `a label is ${p.written === 'text' ? 'a name, not text' : 'one name'}: \`${p.name}\``,
  (p) => (p.written === 'keyword' ? undefined : 'what is to be read by people stands in a `///` line above the rule'),
)

export const bracesOfRule = message(
  'SC1048',
  'error',
  () => 'the clauses of a rule stand without braces',
  () => 'only `target`, `defaults` and `test` have a block',
)
