/**
 * The registry: every message of every table, by code. What prints, explains or documents messages starts here; `grammar/diagnostics/` has a page
 * for each. A message added to a table needs a title here, which the compiler demands.
 */
import { messages as check } from './check/messages.ts'
import type { Message } from './diagnostics.ts'
import { messages as lint } from './lint/messages.ts'
import * as syntax from './syntax/messages.ts'

/** A message with what it is called where no program is at hand: in a list, in a page's heading. */
export interface RegisteredMessage extends Message<never> {
  /** A few words, without parameters. */
  readonly title: string
}

type Titles<T> = { readonly [K in keyof T]: string }

const syntaxTitles: Titles<typeof syntax> = {
  unexpected: 'something else is expected here',
  foreignCharacters: 'characters without a meaning',
  misspelt: 'a misspelt keyword',
  quoteMissing: 'a closing quote is missing',
  singleQuotes: 'text in single quotes',
  textNotQuoted: 'text without quotes',
  unitApart: 'a unit apart from its number',
  unitSpelling: 'a unit that is spelt otherwise',
  unknownUnit: 'an unknown unit',
  wordForSign: 'a sign where SCALE has a word',
  singleEqual: 'a single equals sign',
  comparisonSpelling: 'a comparison that is spelt otherwise',
  needlessSign: 'a sign that is not needed',
  windowInBrackets: 'a window in brackets',
  noSuchFunction: 'an unknown function',
  declarationExpected: 'no declaration begins so',
  languageNotFirst: 'the language line is not the first',
  spacesInName: 'spaces in a name',
  workloadWithoutKind: 'a workload without its kind',
  conditionExpected: 'a value where a condition is expected',
  valueExpected: 'a condition where a value is expected',
  chainedComparison: 'chained comparisons',
  nothingToCount: 'a period behind a value',
  ruleExpected: 'a workload where a rule is expected',
  noSuchDay: 'an unknown day',
  noSuchTime: 'an impossible time of day',
  tooLong: 'a formula that is too long',
  promql: 'PromQL without quotes',
  functionOfSpans: 'a function of spans',
  grouping: 'values in groups',
  spansInBraces: 'spans in braces',
  selectorSpelling: 'a service as a test',
  pipe: 'spans behind a pipe',
  regularExpression: 'a regular expression',
  keyOfOthers: 'a key of a manifest',
  metricKey: 'a metric of a manifest',
  behaviourKey: 'a behaviour of a manifest',
  conditionFirst: 'a condition before its action',
  actionOrder: 'an action before its workload',
  actionSpelling: 'an action in words',
  partsApart: 'two parts without a slash',
  numberSpelling: 'a number that is spelt otherwise',
  quantileSpelling: 'a quantile as a number',
  notOrder: 'a `not` in the wrong place',
  commentSign: 'a comment with another sign',
  quotedLabel: 'a label that is not one name',
  bracesOfRule: 'a rule in braces',
  lookAlike: 'a character that only looks right',
}

const checkTitles: Titles<typeof check> = {
  unknownName: 'an unknown name',
  letTwice: 'a constant defined twice',
  letCycle: 'a constant defined by itself',
  importMissing: 'an import that cannot be read',
  importCycle: 'imports in a circle',
  targetTwice: 'a target declared twice',
  unknownLanguage: 'an unknown version of the language',
  unknownStat: 'an unknown statistic of spans',
  unknownRule: 'an unknown rule',
  unknownWorkload: 'an unknown workload',
  unknownWord: 'a word that is not one of the choices',
  clauseMisplaced: 'a clause in the wrong place',
  clauseTwice: 'a clause given twice',
  testTwice: 'two tests of one name',
  unknownZone: 'an unknown time zone',
  comparedTypes: 'values of different types compared',
  arithmeticTypes: 'arithmetic that does not follow the units',
  wrongType: 'a value of the wrong type',
  notQuantity: 'a value that cannot be measured',
  notConstant: 'a value that is not constant',
  notWhole: 'a number that is not whole',
  statMissing: 'spans without a statistic',
  durationStatMissing: 'a duration without a statistic',
  spanNeedsTimes: 'a comparison of a span without a count',
  statOfSpansOnly: 'a statistic of spans asked of a duration',
  statArguments: 'wrong arguments of a statistic',
  windowMisplaced: 'a window of something that has none',
  fieldType: 'a field compared with another type',
  attributeUnit: 'an attribute compared with a unit',
  unordered: 'an order of values that have none',
  fieldComparand: 'a field of a span compared with a changing value',
  patternOfText: 'a pattern of something that is not text',
  callArguments: 'a function of too few values',
  perReplica: 'a value that cannot be shared among replicas',
  spanLogic: 'a count of several comparisons of spans',
  attributeAsStat: 'an attribute used as a statistic',
  neverTrue: 'a comparison that can never be true',
  constantComparison: 'a comparison of constants',
  notMultiple: 'a window that is not whole steps',
  tooManyTimes: 'more times than steps',
  every: 'an impossible step',
  boundsInverted: 'bounds the wrong way round',
  boundsApart: 'bounds that can never meet',
  bandsOverlap: 'rules that add and remove at once',
  ruleTwice: 'two rules of one name',
  noChange: 'an action that changes nothing',
  notPositive: 'a duration of no time',
  emptyPeriod: 'a period of no time',
  quantile: 'an impossible quantile',
  divisionByZero: 'a division by zero',
  tooMuch: 'an action that removes more than all',
  signOfLimit: 'a limit with the wrong sign',
  contradiction: 'comparisons that contradict each other',
  outOfRange: 'a value out of range',
  timesInverted: 'times in the wrong order',
  wildcardLoad: 'a load of a pattern',
  constantHeld: 'a constant that should be held',
  noKind: 'a kind that no span has',
  peerAlone: 'peer among the kinds of spans',
  peerAbove: 'a peer as an ancestor',
  impliedBounds: 'implied bounds',
  impatient: 'a rule that removes replicas at once',
  shortWindow: 'a window shorter than a step',
  noGap: 'no gap between adding and removing',
  alwaysTrue: 'a comparison that is always true',
  unusedLet: 'an unused constant',
  likeIntrinsic: 'an attribute like a field of spans',
}

const lintTitles: Titles<typeof lint> = {
  neverFires: 'a rule that can never fire',
  emptySelector: 'tests that no span passes',
  alwaysFrozen: 'a freeze that always holds',
  alwaysFires: 'a condition that always holds',
  shadowed: 'a rule that another makes superfluous',
  frozenRule: 'a rule that a freeze always holds',
  superfluous: 'a part of a condition that adds nothing',
  deadAlternative: 'an alternative that can never be true',
  peerByName: 'a database or broker by its name',
  heldTotal: 'a held total that replicas do not lower',
  unknownService: 'a service that the catalog does not have',
  unknownOperation: 'an operation that the catalog does not have',
  unknownAttribute: 'an attribute that the catalog does not have',
  unknownCatalogWorkload: 'a workload that the catalog does not have',
  severalOperations: 'a name of several operations',
  clientName: "a caller's name for the callee's operation",
  attributeType: 'an attribute compared with another type',
  fewSpans: 'a quantile of too few spans',
  rarelyKnown: 'a value that is rarely known',
  sampledQuantile: 'a quantile of too few kept traces',
  overBudget: 'a rule above the budget',
  nothingServed: 'a service that only calls others',
  calleeCauses: 'a caller scaled because its callee is slow',
  unusedSuppression: 'a suppression of nothing',
  badSuppression: 'a suppression that cannot be read',
  cannotSuppress: 'a suppression of an error',
}

/** In the order of their codes. */
export const registry: readonly RegisteredMessage[] = [...titled(syntax, syntaxTitles), ...titled(check, checkTitles), ...titled(lint, lintTitles)].sort(
  (a, b) => (a.code < b.code ? -1 : 1),
)

export function messageOf(code: string): RegisteredMessage | undefined {
  return registry.find((entry) => entry.code === code)
}

function titled<T extends { readonly [K in keyof T]: Message<never> }>(table: T, titles: Titles<T>): RegisteredMessage[] {
  return (Object.keys(table) as (keyof T)[]).map((name) => ({ ...table[name], title: titles[name] }))
}
