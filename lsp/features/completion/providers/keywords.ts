/** Keywords and signs that the grammar would take, but for those that the checker would then reject. */
import { type ClausePlace, clausesBeginningWith, type Expected, type PlaceToken, pageOfWord } from '../../../../src/language/index.ts'
import { type FormulaPlace, formulaAt, isSpanField } from '../formula.ts'
import { clausesAround, type Request, tokensOf, within } from '../request.ts'
import { snippetsFor } from '../snippets.ts'
import { type Suggestion, type Tier, tiers } from '../suggestion.ts'
import { fieldAt } from './fields.ts'

/** Before these a keyword of a function is one. */
const functions: ReadonlySet<string> = new Set(['span', 'replicas', 'ready', 'metric', 'forecast', 'min', 'max', 'absent'])
/** Signs by the rule of the grammar, those that are used most first; punctuation of calls and names comes by itself. */
const comparisonSigns = ['>', '<', '>=', '<=', '==', '!=']
const arithmeticSigns = ['+', '-', '*', '/']
const offeredSigns: Readonly<Record<string, readonly string[]>> & { readonly formula: readonly string[] } = {
  formula: [...comparisonSigns, ...arithmeticSigns],
  predicateOperand: comparisonSigns,
  letDeclaration: ['='],
  defaultsDeclaration: ['{'],
  targetDeclaration: ['{'],
  testDeclaration: ['{'],
  loadStatement: ['±'],
}

export function keywords(request: Request, expected: Expected): readonly Suggestion[] {
  return expected.spellings
    .filter((spelling) => (isWord(spelling) ? true : offeredSigns[expected.use.rule]?.includes(spelling) === true && request.place.prefix === ''))
    .filter((spelling) => isUseful(request, expected, spelling))
    .flatMap((spelling) => [...snippetsFor(request, expected, spelling), plainKeyword(request, expected, spelling)])
}

function isWord(spelling: string): boolean {
  return /^[a-z]/.test(spelling)
}

function plainKeyword(request: Request, expected: Expected, spelling: string): Suggestion {
  const page = pageOfWord(spelling)
  const common = {
    label: spelling,
    kind: isWord(spelling) ? 'keyword' : 'sign',
    tier: tierOf(request, expected, spelling),
    // Signs in their order, words behind them.
    weight: isWord(spelling) ? -offeredSigns.formula.length : -(offeredSigns[expected.use.rule]?.indexOf(spelling) ?? 0),
    page,
  } as const
  const calls = functions.has(spelling) && !(spelling === 'ready' && expected.use.rule === 'statement')
  if (!calls || request.place.behind[0]?.type === 'LeftParen') return common
  return { ...common, text: `${spelling}(`, snippet: `${spelling}($1)$0`, filter: spelling }
}

function tierOf(request: Request, { use }: Expected, spelling: string): Tier {
  const { place } = request
  if (use.rule === 'file') return place.word.start === 0 || !place.between ? tiers.likely : tiers.keyword
  // A field or a name is what is wanted more often than a word that may stand before it.
  if (spelling === 'not' || (spelling === 'in' && use.rule === 'workload') || arithmeticSigns.includes(spelling)) return tiers.unlikely
  if (spelling === 'span' && formulaAt(request, use)?.type === undefined) return tiers.fitting
  // What goes on with what is begun comes before what begins something.
  return use.start < place.tokens.length || !isWord(spelling) ? tiers.likely : tiers.keyword
}

/** Whether the checker would take the keyword there. */
export function isUseful(request: Request, expected: Expected, spelling: string): boolean {
  switch (expected.use.rule) {
    case 'clause':
      return expected.use.start < request.place.tokens.length || mayBeginClause(request, expected, spelling)
    case 'formula':
    case 'operand':
    case 'absence':
    case 'calendar':
    case 'functionCall':
      return isUsefulInFormula(request, expected, spelling)
    case 'atom':
      return spelling === '('
    case 'predicate':
    case 'predicateOperand':
      return isUsefulInPredicate(request, expected, spelling)
    case 'scaleDeclaration':
    case 'freezeDeclaration':
      return true
    case 'change':
      return spelling !== 'per' || mayBePerReplica(request, expected)
    case 'workload':
      return spelling !== 'in' || expected.use.within?.rule !== 'expectSubject' || isWorkload(tokensOf(request.place, expected.use))
    case 'expectSubject':
      return isUsefulOfSubject(request, expected, spelling)
    default:
      return true
  }
}

// Clauses

function placeOf({ use }: Expected): ClausePlace | undefined {
  const owner = within(use, 'scaleDeclaration', 'freezeDeclaration', 'targetDeclaration', 'defaultsDeclaration')
  switch (owner?.rule) {
    case 'scaleDeclaration':
      return 'rule'
    case 'freezeDeclaration':
      return 'freeze'
    case 'targetDeclaration':
      return 'target'
    case 'defaultsDeclaration':
      return 'defaults'
    default:
      return undefined
  }
}

function mayBeginClause(request: Request, expected: Expected, keyword: string): boolean {
  const where = placeOf(expected)
  if (where === undefined) return true
  // Only a `to hold` has clauses without a condition.
  const { tokens } = request.place
  if (where === 'rule' && !tokens.some(({ type }) => type === 'when' || type === 'hold')) return false
  // A clause stands behind a condition, not behind half of one.
  const formula = request.place.uses.findLast(({ rule, within }) => rule === 'formula' && within?.within === undefined)
  if ((where === 'rule' || where === 'freeze') && formula !== undefined && !isWhole(request, formula)) return false
  const kinds = clausesBeginningWith(keyword, where)
  if (kinds.length === 0) return false
  return !givenClauses(request).has(keyword) || kinds.includes('atMost') || keyword === 'stable'
}

function isWhole(request: Request, formula: Expected['use']): boolean {
  const clause = request.place.uses.find(({ rule }) => rule === 'clause')
  if (clause !== undefined) return true
  const place = formulaAt(request, formula)
  return place === undefined || (place.behindOperand && place.sort === 'condition')
}

/** The keywords of the clauses that stand in the same block or rule. */
function givenClauses(request: Request): ReadonlySet<string> {
  const { place, view } = request
  const before = place.uses.filter(({ rule, start }) => rule === 'clause' && start < place.tokens.length).map(({ start }) => place.tokens[start]?.text)
  const behind = clausesAround(request)
    .filter(({ range }) => range.start >= place.word.end)
    .map(({ range }) => /^\w+/.exec(view.document.text.slice(range.start, range.end))?.[0])
  return new Set([...before, ...behind].filter((word) => word !== undefined))
}

// Formulas

function isUsefulInFormula(request: Request, expected: Expected, spelling: string): boolean {
  const { rule, start } = expected.use
  const inside = (rule === 'absence' || rule === 'calendar' || rule === 'functionCall') && start < request.place.tokens.length
  if (spelling === 'true' || spelling === 'false') return mayBeTruth(request, expected)
  if (inside) return true
  const formula = formulaAt(request, expected.use)
  if (formula === undefined) return true
  return formula.behindOperand && expected.type !== 'not' ? isUsefulBehind(formula, expected, spelling) : isUsefulOperand(formula, spelling)
}

/** Only a constant can be a truth value. */
function mayBeTruth(request: Request, { use }: Expected): boolean {
  const formula = within(use, 'formula')
  return formula?.within?.rule === 'letDeclaration' && formula.start === request.place.tokens.length
}

function isUsefulOperand({ wanted, constant, comparison, left, type }: FormulaPlace, spelling: string): boolean {
  const starts = comparison === undefined && left.length === 0
  // A field of each span is compared with what is written, not with what is measured.
  if (comparison !== undefined && isSpanField(left)) return false
  switch (spelling) {
    case 'not':
    case 'absent':
    case 'during':
      return starts && wanted !== 'value'
    case 'span':
    case 'metric':
    case 'forecast':
      return !constant
    case 'replicas':
    case 'ready':
      return !constant && (type === undefined || type === 'number')
    default:
      return true
  }
}

function isUsefulBehind({ wanted, comparison, sort, windowed, unmeasured, counted, countable }: FormulaPlace, { label }: Expected, spelling: string): boolean {
  // Spans alone are no value.
  if (unmeasured) return false
  if (comparisonSigns.includes(spelling)) return comparison === undefined && sort === 'value' && wanted !== 'value'
  if (arithmeticSigns.includes(spelling)) return sort !== 'spanTest' && !counted && (sort === 'value' || comparison !== undefined)
  switch (spelling) {
    case 'and':
    case 'or':
      return sort === 'condition'
    case 'for':
      return sort === 'condition' && label === 'postfix' && countable
    case 'over':
      return windowed
    default:
      return true
  }
}

function mayBePerReplica(request: Request, { use }: Expected): boolean {
  const formula = request.place.uses.find(({ rule, label, within: outer }) => rule === 'formula' && label === 'value' && outer === use)
  const type = formula === undefined ? undefined : formulaTypeOf(request, formula)
  return type !== 'duration' && type !== 'ratio'
}

function formulaTypeOf(request: Request, formula: Expected['use']): string | undefined {
  const target = request.place.uses.find(({ rule, label, within: outer }) => rule === 'formula' && label === 'target' && outer === formula.within)
  return target === undefined ? undefined : formulaAt(request, target)?.type
}

// Predicates

function isUsefulInPredicate(request: Request, { use, type }: Expected, spelling: string): boolean {
  if (use.rule !== 'predicateOperand') return true
  const field = fieldAt(request, use)
  if (field === undefined) return true
  if (type === 'Literal') return field.type === 'boolean' || field.type === undefined
  if (field.isWord) return spelling === '==' || spelling === '!=' || spelling === 'in'
  const isOrdered = field.type === 'duration' || field.type === 'number' || field.type === undefined
  if (['<', '<=', '>', '>='].includes(spelling)) return isOrdered
  return spelling !== 'matches' || field.type === 'text' || field.type === undefined
}

// Expectations

function isUsefulOfSubject(request: Request, { use }: Expected, spelling: string): boolean {
  const subject = tokensOf(request.place, use)
  if (subject.length === 0) return true
  if (spelling === 'in') return isWorkload(subject)
  const ofRule = spelling === 'fires' || spelling === 'unknown'
  const ofWorkload = (spelling === 'at' || spelling === 'between') && subject.length > 0 && !subject.some(({ type }) => type === 'unknown' || type === 'fires')
  if (!ofRule && !ofWorkload) return true
  return isWorkload(subject) ? !ofRule : !ofWorkload
}

function isWorkload(tokens: readonly PlaceToken[]): boolean {
  return tokens.some(({ type }) => type === 'Slash' || type === 'Colon')
}
