/**
 * Inlay hints: what is not written and holds all the same. How many steps a window has, what a name of an operation means, the value of a constant that is computed
 * and the type of what only spans or a platform tell, and the bounds and the rest that a rule has from its target.
 */
import { type InlayHint, InlayHintKind } from 'vscode-languageserver-protocol'
import {
  type Condition,
  canonicalOperation,
  countedKinds,
  type Declaration,
  type Expression,
  type FileFacts,
  isPattern,
  printDuration,
  printQuantity,
  type Ranged,
  type SelectorNode,
  type Target,
  type TextRange,
  typeName,
} from '../../src/language/index.ts'
import type { View } from '../contract.ts'
import { overlap, visitNodes } from '../tree.ts'
import { checkedRule, isRuleTree } from './checked-rule.ts'
import { factsOfView } from './completion/request.ts'

interface Hint {
  readonly offset: number
  readonly text: string
  readonly tooltip: string
  readonly isType?: boolean
}

/** Of the declarations that the range touches. */
export function inlayHints(view: View, range: TextRange): readonly InlayHint[] {
  const { document } = view
  const shown = document.parsed.tree.declarations.filter((declaration) => !declaration.broken && overlap(declaration.range, range))
  if (shown.length === 0) return []
  const facts = factsOfView(view)
  const hints: Hint[] = []
  for (const declaration of shown) {
    if (view.cancelled()) return []
    hints.push(...hintsOf(view, declaration, facts))
  }
  return hints
    .filter(({ offset }) => range.start <= offset && offset <= range.end)
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, text, tooltip, isType }) => ({
      position: document.lines.positionAt(offset),
      label: text,
      tooltip,
      paddingLeft: true,
      ...(isType === true ? { kind: InlayHintKind.Type } : {}),
    }))
}

function hintsOf(view: View, declaration: Declaration, facts: FileFacts): readonly Hint[] {
  const everyNs = facts.everyOf('clauses' in declaration ? declaration.clauses : [])
  const hints: Hint[] = []
  visitNodes(declaration, (node) => {
    if (isWindow(node)) hints.push(...stepHints(node, facts, everyNs))
    else if (isSelector(node)) hints.push(...operationHints(view, node))
    else for (const side of sidesOf(node)) hints.push(...computedHints(side, facts, everyNs))
  })
  if (declaration.kind === 'let' && declaration.value !== undefined) hints.push(...constantHints(declaration.value, facts))
  if (isRuleTree(declaration)) hints.push(...ruleHints(view, declaration))
  return hints
}

type WindowNode = Extract<Condition, { kind: 'times' | 'for' }> | Extract<Expression, { kind: 'over' }>

function isWindow(node: Ranged): node is WindowNode {
  return 'kind' in node && (node.kind === 'times' || node.kind === 'for' || node.kind === 'over')
}

function isSelector(node: Ranged): node is SelectorNode {
  return 'service' in node && 'ancestor' in node
}

/** `5 times in 60s`: of 12 steps. Of spans, which are no steps, nothing is said. */
function stepHints(node: WindowNode, facts: FileFacts, everyNs: number): readonly Hint[] {
  const window = node.kind === 'for' ? node.duration : node.window
  const value = facts.valueOf(window, undefined)
  if (value?.kind !== 'constant' || value.type !== 'duration' || value.value % everyNs !== 0) return []
  if (node.kind === 'times' && isOfSpans(node.inner)) return []
  const steps = value.value / everyNs
  const counted = `${steps} ${steps === 1 ? 'step' : 'steps'}`
  const tooltip = `${printDuration(value.value)} are ${counted} of ${printDuration(everyNs)}`
  return [{ offset: window.range.end, text: node.kind === 'times' ? `of ${counted}` : `= ${counted}`, tooltip }]
}

/** A comparison of a field of each span. */
function isOfSpans(condition: Condition): boolean {
  if (condition.kind === 'parenthesis') return isOfSpans(condition.inner)
  if (condition.kind !== 'compare') return false
  return [condition.left, condition.right].some((side) => side.kind === 'span' && side.path.length === 1 && spanFields.has(side.path[0]?.name.text ?? ''))
}

const spanFields: ReadonlySet<string> = new Set(['duration', 'self', 'seen', 'gap', 'own', 'status', 'name', 'depth'])

/** The recorded name of an operation that is called by a shorter one. */
function operationHints({ project }: View, { service, operation }: SelectorNode): readonly Hint[] {
  const { view } = project.catalog
  if (view === undefined || operation === undefined || isPattern(service.text)) return []
  const matches = view
    .ofAnyKind({ service: service.text, operation: operation.text, kinds: [] })
    .filter(({ operation: { kind } }) => countedKinds(true).includes(kind))
  const names = [...new Set(matches.map((match) => canonicalOperation(match.operation.name)))]
  const [only] = names
  if (only === undefined || (names.length === 1 && only === operation.text)) return []
  const tooltip = `in the catalog: ${names.join(', ')}`
  return [{ offset: operation.range.end, text: names.length === 1 ? `= ${only}` : `= ${names.length} operations`, tooltip }]
}

/** What is compared with each other, or held at something. */
function sidesOf(node: Ranged): readonly Expression[] {
  if (!('kind' in node)) return []
  if (node.kind === 'compare' && 'left' in node) return [node.left as Expression, (node as unknown as { readonly right: Expression }).right]
  if (node.kind === 'hold' && 'at' in node) return [(node as unknown as { readonly value: Expression }).value, node.at as Expression]
  return []
}

/** Of arithmetic and metrics the type, which follows from their parts, or the value where that never changes. */
function computedHints(side: Expression, facts: FileFacts, everyNs: number): readonly Hint[] {
  if (side.kind !== 'binary' && side.kind !== 'call' && side.kind !== 'metric' && side.kind !== 'parenthesis') return []
  const known = facts.valueOf(side, everyNs)
  if (known === undefined || known.type === 'text' || known.type === 'boolean') return []
  const type = typeName(known.type)
  if (known.kind === 'constant') return [{ offset: side.range.end, text: `= ${printQuantity(known.value, known.type)}`, tooltip: type, isType: true }]
  return [{ offset: side.range.end, text: `: ${type.replace(/^an? /, '')}`, tooltip: `its type follows from its parts: ${type}`, isType: true }]
}

/** A computed constant: its value, and of what type it is. */
function constantHints(value: Expression, facts: FileFacts): readonly Hint[] {
  const isComputed = value.kind === 'binary' || value.kind === 'call' || value.kind === 'name' || value.kind === 'parenthesis'
  const known = isComputed ? facts.valueOf(value, undefined) : undefined
  if (known?.kind !== 'constant') return []
  return [{ offset: value.range.end, text: `= ${printQuantity(known.value, known.type)}`, tooltip: typeName(known.type), isType: true }]
}

/** Behind the workload: the bounds and the rest that hold for it, where the file does not show them right there. */
function ruleHints(view: View, declaration: Declaration & { readonly kind: 'rule' | 'freeze' }): readonly Hint[] {
  const rule = checkedRule(view, declaration)
  const target = view.project.checked?.program.targets.find(({ id }) => id === rule?.target)
  if (rule === undefined || target === undefined || declaration.workload === undefined || declaration.kind === 'freeze') return []
  return [
    {
      offset: declaration.workload.range.end,
      text: limitsText(target, rule.between, rule.cooldownNs),
      tooltip: `what holds for ${target.id}${target.boundsImplied ? '; its bounds are implied' : ''}`,
    },
  ]
}

function limitsText({ bounds, cooldownNs }: Target, between: Target['bounds'] | undefined, ownNs: number): string {
  const min = Math.max(bounds.min, between?.min ?? bounds.min)
  const max = Math.min(bounds.max, between?.max ?? bounds.max)
  const longest = Math.max(cooldownNs, ownNs)
  return `${min}…${max}${longest > 0 ? `, rests ${printDuration(longest)}` : ''}`
}
