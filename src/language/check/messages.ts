/**
 * Everything that the checker says. SC20xx names, SC21xx units and types, SC30xx rules that cannot work, SC40xx warnings.
 * Codes are never reused.
 */
import { message } from '../diagnostics.ts'
import type { Comparison } from '../tree.ts'
import type { Type } from './program.ts'
import { example, typeName } from './units.ts'

interface Misspelt {
  readonly name: string
  readonly suggestion: string | undefined
}

const didYouMean = ({ suggestion }: { suggestion: string | undefined }): string => (suggestion === undefined ? '' : `: did you mean ${suggestion}?`)

export const messages = {
  // Names

  unknownName: message<Misspelt>(
    'SC2001',
    'error',
    (p) => `\`${p.name}\` is not defined${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? `declare it: let ${p.name} = 400ms` : undefined),
  ),
  letTwice: message<{ name: string }>(
    'SC2002',
    'error',
    (p) => `\`${p.name}\` is defined twice`,
    () => 'rename one of the two',
  ),
  letCycle: message<{ path: readonly string[] }>(
    'SC2003',
    'error',
    (p) => `\`${p.path[0]}\` is defined by itself: ${p.path.join(' → ')}`,
    () => 'give one of them a value of its own',
  ),
  importMissing: message<{ path: string }>(
    'SC2004',
    'error',
    (p) => `the import "${p.path}" cannot be read`,
    () => 'write its path relative to this file',
  ),
  importCycle: message<{ path: readonly string[] }>(
    'SC2005',
    'error',
    (p) => `these files import each other: ${p.path.join(' → ')}`,
    () => 'move what both need into a third file',
  ),
  targetTwice: message<{ target: string }>(
    'SC2006',
    'error',
    (p) => `the target ${p.target} is declared twice`,
    () => 'put all its clauses into one declaration',
  ),
  unknownLanguage: message<{ version: number }>(
    'SC2007',
    'error',
    (p) => `language ${p.version} is not known to this compiler, which reads language 1`,
    () => 'write language 1, or use a newer compiler',
  ),
  unknownStat: message<Misspelt & { choices: string }>(
    'SC2008',
    'error',
    (p) => `a span has no \`.${p.name}\`${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? `use one of ${p.choices}` : undefined),
  ),
  unknownRule: message<Misspelt>(
    'SC2009',
    'error',
    (p) => `no rule is named \`${p.name}\`${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? 'give the rule a label: NAME: scale …' : undefined),
  ),
  unknownWorkload: message<Misspelt>(
    'SC2010',
    'error',
    (p) => `no rule and no target names ${p.name}${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? 'name a workload that a rule scales' : undefined),
  ),
  unknownWord: message<Misspelt & { what: string; choices: readonly string[] }>(
    'SC2011',
    'error',
    (p) => `\`${p.name}\` is not ${p.what}${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? `write one of ${p.choices.join(', ')}` : undefined),
  ),
  clauseMisplaced: message<{ clause: string; place: string; belongs: string }>(
    'SC2012',
    'error',
    (p) => `\`${p.clause}\` does not belong in ${p.place}`,
    (p) => `move it to ${p.belongs}`,
  ),
  clauseTwice: message<{ clause: string }>(
    'SC2013',
    'error',
    (p) => `\`${p.clause}\` is given twice`,
    () => 'keep one of the two',
  ),
  testTwice: message<{ name: string }>(
    'SC2014',
    'error',
    (p) => `two tests are named "${p.name}"`,
    () => 'rename one of the two',
  ),
  unknownZone: message<Misspelt>(
    'SC2015',
    'error',
    (p) => `there is no time zone "${p.name}"${didYouMean(p)}`,
    () => 'write a name of the IANA database, such as "Europe/Paris"',
  ),

  // Units and types

  comparedTypes: message<{ left: Type; right: Type; guess: string | undefined }>(
    'SC2101',
    'error',
    (p) => `${typeName(p.left)} is compared with ${typeName(p.right)}${p.guess === undefined ? '' : `: did you mean ${p.guess}?`}`,
    (p) => (p.guess === undefined ? `compare it with ${typeName(p.left)}, such as ${example(p.left)}` : undefined),
  ),
  arithmeticTypes: message<{ operation: string; left: Type; right: Type; guess: string | undefined; rule: string }>(
    'SC2102',
    'error',
    (p) => `${typeName(p.left)} and ${typeName(p.right)} cannot be ${p.operation}${p.guess === undefined ? '' : `: did you mean ${p.guess}?`}`,
    (p) => (p.guess === undefined ? p.rule : undefined),
  ),
  wrongType: message<{ what: string; wanted: Type; given: Type; guess: string | undefined }>(
    'SC2103',
    'error',
    (p) => `${p.what} must be ${typeName(p.wanted)}, not ${typeName(p.given)}${p.guess === undefined ? '' : `: did you mean ${p.guess}?`}`,
    (p) => (p.guess === undefined ? `write ${typeName(p.wanted)}, such as ${example(p.wanted)}` : undefined),
  ),
  notQuantity: message<{ type: Type }>(
    'SC2104',
    'error',
    (p) => `${typeName(p.type)} cannot be measured or compared here`,
    () => "test a span's attributes after `where` in its selector",
  ),
  notConstant: message<{ what: string }>(
    'SC2105',
    'error',
    (p) => `${p.what} must be a constant`,
    () => 'write a literal, a `let`, or arithmetic of these',
  ),
  notWhole: message<{ what: string; least: number }>('SC2106', 'error', (p) => `${p.what} must be a whole number of at least ${p.least}`),
  statMissing: message<{ choices: string }>(
    'SC2107',
    'error',
    () => 'spans alone are not a value',
    (p) => `say what of them: ${p.choices} and so on`,
  ),
  durationStatMissing: message<{ field: string }>(
    'SC2108',
    'error',
    (p) => `\`.${p.field}\` is a duration of each span, not of all of them: did you mean .${p.field}.p99?`,
  ),
  spanNeedsTimes: message<{ text: string }>(
    'SC2109',
    'error',
    (p) => `\`${p.text}\` is asked of each span: it needs a count, N times in D`,
    () => 'say how many spans of the last minute, say, must be so; put further tests of the same span after `where`',
  ),
  statOfSpansOnly: message<{ stat: string; field: string }>(
    'SC2110',
    'error',
    (p) => `\`.${p.stat}\` is of spans, not of a duration: leave out \`.${p.field}\``,
  ),
  statArguments: message<{ stat: string; usage: string }>('SC2111', 'error', (p) => `\`.${p.stat}\` is written ${p.usage}`),
  windowMisplaced: message<{ reason: string }>(
    'SC2112',
    'error',
    (p) => `\`over\` says the window of a value of spans; ${p.reason}`,
    () => 'write it behind the value of spans: span(a/b).p99 over 2m',
  ),
  fieldType: message<{ field: string; wanted: Type; given: Type; guess: string | undefined }>(
    'SC2113',
    'error',
    (p) => `\`${p.field}\` is ${typeName(p.wanted)}, compared with ${typeName(p.given)}${p.guess === undefined ? '' : `: did you mean ${p.guess}?`}`,
    (p) => (p.guess === undefined ? `compare it with ${typeName(p.wanted)}, such as ${example(p.wanted)}` : undefined),
  ),
  attributeUnit: message<{ field: string; given: Type; guess: string | undefined }>(
    'SC2114',
    'error',
    (p) => `attributes have no units, but \`${p.field}\` is compared with ${typeName(p.given)}${p.guess === undefined ? '' : `: did you mean ${p.guess}?`}`,
    () => 'write the number in the unit that the attribute is recorded in',
  ),
  unordered: message<{ operator: Comparison; field: string; given: string }>(
    'SC2115',
    'error',
    (p) => `\`${p.field} ${p.operator}\` has no meaning for ${p.given}`,
    () => 'use == or !=',
  ),
  fieldComparand: message<{ field: string }>(
    'SC2116',
    'error',
    (p) => `\`.${p.field}\` of each span can only be compared with a constant`,
    () => 'write the constant on the other side',
  ),
  patternOfText: message<{ field: string; type: Type }>(
    'SC2117',
    'error',
    (p) => `\`matches\` is for text, and \`${p.field}\` is ${typeName(p.type)}`,
    () => 'compare it with == < or >',
  ),
  callArguments: message<{ call: string }>('SC2118', 'error', (p) => `\`${p.call}\` needs at least two values`),
  perReplica: message<{ type: Type }>(
    'SC2119',
    'error',
    (p) => `${typeName(p.type)} cannot be shared among replicas`,
    () => 'leave out `per replica`, or hold a rate or a count',
  ),
  spanLogic: message(
    'SC2120',
    'error',
    () => '`times` counts the spans that pass one comparison, and these are several',
    () => 'keep one and put the others after `where`: span(a/b where self > 100ms).duration > 400ms 5 times in 60s',
  ),
  attributeAsStat: message<{ attribute: string }>(
    'SC2121',
    'error',
    (p) => `\`${p.attribute}\` is asked of each span, after \`where\``,
    (p) => `write span(a/b where ${p.attribute} == …) and what of these spans is meant, such as .count`,
  ),

  // Rules that cannot work

  neverTrue: message<{ text: string; reason: string }>(
    'SC3001',
    'error',
    (p) => `\`${p.text}\` can never be true: ${p.reason}`,
    () => 'compare with a value that can be reached',
  ),
  constantComparison: message<{ text: string; truth: boolean }>(
    'SC3002',
    'error',
    (p) => `\`${p.text}\` is always ${p.truth}: both sides are constants`,
    () => 'compare a value of spans, of a metric or of replicas',
  ),
  notMultiple: message<{ what: string; window: string; step: string; below: string | undefined; above: string }>(
    'SC3003',
    'error',
    (p) => `${p.what} of ${p.window} is not a multiple of the step of ${p.step}`,
    (p) => `write ${p.below === undefined ? p.above : `${p.below} or ${p.above}`}, or change \`every\``,
  ),
  tooManyTimes: message<{ count: number; steps: number; window: string; step: string; needed: string }>(
    'SC3004',
    'error',
    (p) => `${p.count} times can never be: ${p.window} ${p.steps === 1 ? 'is one step' : `are ${p.steps} steps`} of ${p.step}`,
    (p) => `write ${p.needed} or more, or at most ${p.steps} times`,
  ),
  every: message<{ given: string; near: string }>(
    'SC3005',
    'error',
    (p) => `\`every ${p.given}\` is not a positive multiple of 100ms`,
    (p) => `write every ${p.near}`,
  ),
  boundsInverted: message<{ min: number; max: number }>(
    'SC3006',
    'error',
    (p) => `between ${p.min} and ${p.max} nothing lies`,
    (p) => `write between ${p.max} and ${p.min}`,
  ),
  boundsApart: message<{ what: string; target: string; min: number; max: number }>(
    'SC3007',
    'error',
    (p) => `${p.what} and the bounds of ${p.target}, ${p.min} to ${p.max}, can never meet`,
    () => 'change one of the two',
  ),
  bandsOverlap: message<{ up: string; down: string; signal: string; overlap: string }>(
    'SC3008',
    'error',
    (p) => `\`${p.up}\` adds and \`${p.down}\` removes replicas at the same \`${p.signal}\`, ${p.overlap}`,
    () => 'leave a gap between the two thresholds',
  ),
  ruleTwice: message<{ name: string }>(
    'SC3009',
    'error',
    (p) => `two rules are named \`${p.name}\``,
    () => 'rename one of the two',
  ),
  noChange: message<{ action: string }>(
    'SC3010',
    'error',
    (p) => `\`${p.action}\` changes nothing`,
    () => 'write the replicas to add or remove, such as +1',
  ),
  notPositive: message<{ what: string; given: string }>(
    'SC3011',
    'error',
    (p) => `${p.what} of ${p.given} is no time at all`,
    () => 'write a duration above 0s',
  ),
  emptyPeriod: message<{ time: string }>(
    'SC3012',
    'error',
    (p) => `from ${p.time} to ${p.time} no time passes`,
    () => 'leave out the times for whole days',
  ),
  quantile: message<{ given: string }>(
    'SC3013',
    'error',
    (p) => `there is no quantile ${p.given}`,
    () => 'write one between 0% and 100%; .min and .max are the ends',
  ),
  divisionByZero: message('SC3014', 'error', () => 'this divides by zero'),
  tooMuch: message<{ action: string }>(
    'SC3015',
    'error',
    (p) => `\`${p.action}\` removes more replicas than there are`,
    () => 'write at most -100%',
  ),
  signOfLimit: message<{ direction: 'up' | 'down'; sign: '+' | '-' }>(
    'SC3016',
    'error',
    (p) => `a limit of ${p.direction} steps is written with ${p.direction === 'up' ? '+' : '-'}, not ${p.sign}`,
  ),
  contradiction: message<{ left: string; right: string }>(
    'SC3017',
    'error',
    (p) => `\`${p.left}\` and \`${p.right}\` are never true together`,
    () => 'use `or`, or turn one of the two around',
  ),
  outOfRange: message<{ what: string; given: string; range: string }>(
    'SC3018',
    'error',
    (p) => `${p.what} cannot be ${p.given}`,
    (p) => `write ${p.range}`,
  ),
  timesInverted: message<{ from: string; to: string }>(
    'SC3019',
    'error',
    (p) => `from ${p.from} to ${p.to} no time passes`,
    () => 'write the earlier time first',
  ),
  wildcardLoad: message<{ pattern: string }>(
    'SC3020',
    'error',
    (p) => `a load must name its spans, and \`${p.pattern}\` is a pattern`,
    () => 'write a service and an operation without *',
  ),
  constantHeld: message(
    'SC3021',
    'error',
    () => 'a constant cannot be held: nothing changes it',
    () => 'hold a value of spans or of a metric',
  ),
  noKind: message(
    'SC3022',
    'error',
    () => 'no span is of all these kinds at once',
    () => 'join tests of `kind` by `or`, or write kind in ("client", "producer")',
  ),

  peerAlone: message(
    'SC3025',
    'error',
    () => '`peer` is no kind of span: it asks for the calls to a service that sends none',
    () => 'write kind == peer by itself, joined to other tests by `and`',
  ),
  peerAbove: message<{ relation: string }>(
    'SC3026',
    'error',
    (p) => `no span is ${p.relation} one of a peer, which sends none`,
    () => 'name the calling service in its place',
  ),

  // Warnings

  impliedBounds: message<{ target: string; min: number; max: number }>(
    'SC4001',
    'warning',
    (p) => `${p.target} has no bounds: ${p.min} to ${p.max} replicas are implied`,
    (p) => `declare them: target ${p.target} { between ${p.min} and ${p.max} }`,
  ),
  impatient: message<{ rule: string }>(
    'SC4002',
    'warning',
    (p) => `\`${p.rule}\` removes replicas after a single step`,
    () => 'say how long it must hold, such as `for 10m`, or declare `stable 5m before down` in the target',
  ),
  shortWindow: message<{ what: string; window: string; step: string }>(
    'SC4003',
    'warning',
    (p) => `${p.what} of ${p.window} is shorter than the step of ${p.step}, which is used instead`,
    (p) => `write ${p.step}, or a shorter \`every\``,
  ),
  noGap: message<{ up: string; down: string; signal: string }>(
    'SC4004',
    'warning',
    (p) => `there is no gap of \`${p.signal}\` between \`${p.up}\`, which adds, and \`${p.down}\`, which removes replicas`,
    () => 'leave a gap, or the two rules take turns',
  ),
  alwaysTrue: message<{ text: string; reason: string }>(
    'SC4005',
    'warning',
    (p) => `\`${p.text}\` is true whenever it is known: ${p.reason}`,
    () => 'compare with a value that tells something',
  ),
  unusedLet: message<{ name: string }>(
    'SC4006',
    'warning',
    (p) => `\`${p.name}\` is not used`,
    () => 'delete it, or use it',
  ),
  likeIntrinsic: message<{ name: string; suggestion: string }>(
    'SC4007',
    'warning',
    (p) => `\`${p.name}\` is read as an attribute: did you mean ${p.suggestion}?`,
  ),
} as const
