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

export const needlessSign = message<{ sign: string; after: string }>('SC1013', 'error', (p) => `no \`${p.sign}\` stands after ${p.after}`)

export const windowInBrackets = message<{ window: string }>('SC1014', 'error', (p) => `a window is written \`over ${p.window}\`, not in brackets`)

export const noSuchFunction = message<{ name: string }>(
  'SC1015',
  'error',
  (p) => `there is no function \`${p.name}\``,
  (p) =>
    ['rate', 'count', 'quantile', 'mean', 'errors', 'apdex'].includes(p.name)
      ? `write it behind the spans: span(service/operation).${p.name}`
      : 'the functions are span, absent, replicas, ready, metric, forecast, min and max',
)

export const declarationExpected = message<{ found: string }>(
  'SC1016',
  'error',
  (p) => `expected a declaration, found ${p.found}`,
  () => 'a declaration starts with `scale`, `freeze`, `target`, `let`, `defaults`, `test` or `import`',
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
