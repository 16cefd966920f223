/** How much and how often: actions of rules, `N times in D`, shares and numbers of replicas. */
import { type Expected, pageOfWord, printDuration } from '../../../../src/language/index.ts'
import { formulaAt } from '../formula.ts'
import { type Request, tokensOf, unquoted } from '../request.ts'
import { snippetText } from '../snippets.ts'
import { type Suggestion, tiers } from '../suggestion.ts'

export function counts(request: Request, expected: Expected): readonly Suggestion[] {
  const { use, type, label } = expected
  if (use.rule === 'operand' && label === 'postfix' && type === 'Number') return times(request, expected)
  if (use.rule === 'change') return changes(request, expected)
  if (use.rule === 'loadStatement' && type === 'Ratio') return shown(label === 'jitter' ? ['10%', '20%', '50%'] : ['5%', '10%', '100%'])
  if (use.rule === 'clause') return clauseNumbers(request, expected)
  if (use.rule === 'file' && type === 'Number')
    return [{ label: '1', kind: 'value', tier: tiers.fitting, detail: 'the version of the language', page: pageOfWord('language') }]
  if (type === 'Number' && (use.rule === 'statement' || use.rule === 'expectSubject')) return replicas(request, expected)
  return []
}

function shown(labels: readonly string[]): readonly Suggestion[] {
  return labels.map((label, i) => ({ label, kind: 'value', tier: tiers.likely, weight: -i }))
}

/** As many times as the window has steps, at most. */
function times(request: Request, { use }: Expected): readonly Suggestion[] {
  const formula = formulaAt(request, use)
  if (formula === undefined || !formula.behindOperand || !formula.countable) return []
  const { place, everyNs } = request
  const typed = /^\d{1,3}$/.exec(place.prefix)?.[0]
  const proposals = typed === undefined || Number(typed) === 0 ? [5, 3] : [Number(typed)]
  return proposals.map((count, i): Suggestion => {
    const steps = formula.sort === 'spanTest' ? 12 : Math.max(12, 2 * count)
    const window = printDuration(Math.ceil(steps / 12) * 12 * everyNs)
    return {
      label: `${count} times in ${window}`,
      kind: 'snippet',
      tier: formula.sort === 'spanTest' ? tiers.fitting : tiers.likely,
      weight: 1 - i,
      snippet: snippetText(`‹${count}› times in ‹${window}›`),
      detail: formula.sort === 'spanTest' ? 'so many spans' : `of ${Math.ceil(steps / 12) * 12} steps`,
      page: pageOfWord('times'),
    }
  })
}

function changes({ place }: Request, { type, label }: Expected): readonly Suggestion[] {
  if (label === 'sign' && type === 'Sign')
    return ['+1', '+2', '+50%', '-1', '-10%'].map((each, i) => ({
      label: each,
      kind: 'value',
      tier: tiers.fitting,
      weight: -i,
      snippet: snippetText(`${each.charAt(0)}‹${each.slice(1)}›`),
      detail: each.startsWith('+') ? 'more replicas' : 'fewer replicas',
    }))
  if (label === 'amount') return shown(place.tokens.at(-1)?.type === 'Minus' ? ['1', '10%', '50%'] : ['1', '2', '50%'])
  return label === 'replicas' ? shown(['3', '10']) : []
}

function clauseNumbers({ place }: Request, { use, type, label }: Expected): readonly Suggestion[] {
  if (label !== 'number' && type !== 'Number') return []
  const tokens = tokensOf(place, use)
  const [first] = tokens
  switch (first?.type) {
    case 'between':
      return shown(tokens.length === 1 ? ['1', '2'] : ['10', '20'])
    case 'at':
      return shown(['20', '50', '100'])
    case 'up':
    case 'down':
      return shown(first.type === 'up' ? ['4', '100%'] : ['1', '10%'])
    default:
      return shown(['1', '3'])
  }
}

/** What the workload has now. */
function replicas(request: Request, { use }: Expected): readonly Suggestion[] {
  const workload = request.place.uses.find(({ rule, within: outer }) => rule === 'workload' && outer === use)
  const id = workload === undefined ? '' : tokensOf(request.place, workload).slice(0, 3).map(unquoted).join('')
  const known = request.catalog?.workloads.find((each) => each.id === id || each.id.startsWith(`${id} in `))?.replicas
  return known === undefined ? [] : [{ label: String(known), kind: 'value', tier: tiers.fitting, detail: 'as it has now' }]
}
