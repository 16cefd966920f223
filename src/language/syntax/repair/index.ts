/**
 * Mistakes that are understood: each has its own message and a fix, and the parser goes on as if the fix had been made, so that it
 * sees the next mistake. A repair is a proposal: ../declaration.ts keeps it only if the parser gets further with it.
 */
import { actionOrder, actionWords, bracesOfRule, clauseBeforeCondition, kindApart, needlessUnit } from './actions.ts'
import { blockComment } from './comments.ts'
import type { Recogniser, Repair, Trouble } from './kit.ts'
import { workloadKeys } from './kubernetes.ts'
import { curlyQuotes, lookAlikes } from './look-alikes.ts'
import { numberSpelling, perSecond, quantileSign, unitApart, wrongUnit } from './numbers.ts'
import { functionCall, grouping, seriesSelector } from './promql.ts'
import { openText, singleQuotes, textWithoutQuotes } from './quotes.ts'
import { brackets, commaForWord, constantSigns, hours, needless, rangeSigns, regularExpression, signs } from './signs.ts'
import { operationInComment, statisticInSelector } from './spans.ts'
import { firesOfTest, loadFor, noActionOfTest, replicasOfTest, spansOfTest } from './statements.ts'
import { bracesOfSpans, pipe, selectorArguments } from './traceql.ts'
import {
  absenceInWords,
  atLeastTimes,
  comparisonInWords,
  danglingOperator,
  lastPeriod,
  limitOfTarget,
  missing,
  misspellings,
  onePeriod,
  sqlWords,
  synonym,
} from './words.ts'

export type { Repair, Trouble } from './kit.ts'

/** What may be meant, best first. */
export function repairs(trouble: Trouble): Repair[] {
  const found: Repair[] = []
  for (const recognise of recognisers) {
    const repair = recognise(trouble)
    if (repair !== undefined && isSound(repair)) found.push(repair)
  }
  found.push(...misspellings(trouble))
  const insertion = missing(trouble)
  return insertion === undefined ? found : [...found, insertion]
}

/** Where the tokens do not stand in the order of the text (../stray.ts has moved them), what seems to stand between two of them may not. */
function isSound({ diagnostic: { range, fix } }: Repair): boolean {
  const edits = [...(fix?.edits ?? [])].sort((a, b) => a.range.start - b.range.start)
  return range.start <= range.end && edits.every((edit, i) => edit.range.start <= edit.range.end && (edits[i - 1]?.range.end ?? 0) <= edit.range.start)
}

const recognisers: readonly Recogniser[] = [
  blockComment,
  ...[openText, singleQuotes, curlyQuotes, lookAlikes, textWithoutQuotes],
  ...[operationInComment, statisticInSelector, functionCall, seriesSelector, grouping, bracesOfSpans, selectorArguments, pipe, regularExpression],
  ...[actionOrder, actionWords, needlessUnit, kindApart, workloadKeys, bracesOfRule, clauseBeforeCondition, limitOfTarget],
  ...[loadFor, replicasOfTest, spansOfTest, firesOfTest, noActionOfTest],
  ...[
    danglingOperator,
    comparisonInWords,
    sqlWords,
    lastPeriod,
    onePeriod,
    atLeastTimes,
    absenceInWords,
    hours,
    rangeSigns,
    commaForWord,
    synonym,
    constantSigns,
  ],
  ...[numberSpelling, quantileSign, perSecond, signs, unitApart, wrongUnit, brackets, needless],
]
