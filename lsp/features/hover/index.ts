/** Hover: what stands there, in words. Names say what they name, values where they come from, words of the language have their page. */
import type { Hover } from 'vscode-languageserver-protocol'
import {
  attributesMatching,
  type Declaration,
  type Name,
  pageOfWord,
  printField,
  type Ranged,
  type SelectorNode,
  type SpanExpression,
  type TextRange,
  vocabulary,
  type WorkloadNode,
  workloadId,
} from '../../../src/language/index.ts'
import type { View } from '../../contract.ts'
import { declarationAt, touches, visitNodes } from '../../tree.ts'
import { checkedRule, explained, isRuleTree } from '../checked-rule.ts'
import { factsOfView } from '../completion/request.ts'
import { wordPage } from '../pages.ts'
import { letText, operationText, ruleText, serviceText, spanText, workloadText } from './texts.ts'

interface Answer {
  readonly markdown: string
  readonly range: TextRange
}

export function hover(view: View, offset: number): Hover | null {
  const { document } = view
  const { tree } = document.parsed
  if (tree.comments.some(({ range }) => range.start < offset && offset <= range.end)) return null
  const declaration = declarationAt(tree, offset)
  const answer = (declaration === undefined ? undefined : ofNodes(view, declaration, offset)) ?? ofWord(view, offset)
  return answer === undefined ? null : { contents: { kind: 'markdown', value: answer.markdown }, range: document.lines.rangeOf(answer.range) }
}

/** Only what a rule does is not known before the rule is checked; whoever answers waits for that. */
export function hoverAwaitsCheck(view: View, offset: number): boolean {
  const { project, document } = view
  if (project.checked === undefined) return true
  const declaration = declarationAt(document.parsed.tree, offset)
  if (declaration === undefined || !isRuleTree(declaration)) return declaration?.kind === 'test' && !project.isCurrent
  return declaration.label !== undefined && touches(declaration.label.range, offset) && checkedRule(view, declaration) === undefined
}

/** What the innermost node that has something to say is. */
function ofNodes(view: View, declaration: Declaration, offset: number): Answer | undefined {
  const path: Ranged[] = []
  visitNodes(declaration, (node) => {
    if (touches(node.range, offset)) path.push(node)
  })
  if (isRuleTree(declaration) && declaration.label !== undefined && touches(declaration.label.range, offset))
    return ofRule(view, declaration, declaration.label.range)
  for (let i = path.length - 1; i >= 0; i--) {
    const found = ofNode(view, declaration, path[i] as Ranged, path.slice(0, i), offset)
    if (found !== undefined) return found
  }
  return undefined
}

function ofNode(view: View, declaration: Declaration, node: Ranged, outer: readonly Ranged[], offset: number): Answer | undefined {
  if (isSelector(node)) return ofSelector(view, node, offset)
  if (isWorkload(node)) return ofWorkload(view, node)
  if (isSpan(node)) return ofSpan(view, declaration, node, offset)
  if (!('kind' in node)) return undefined
  switch (node.kind) {
    case 'name':
      return ofName(view, (node as unknown as { readonly name: Name }).name, declaration, outer)
    case 'let': {
      const name = (node as unknown as { readonly name: Name | undefined }).name
      return name !== undefined && touches(name.range, offset) ? ofName(view, name, declaration, []) : undefined
    }
    case 'compare':
    case 'matches':
    case 'in':
    case 'has': {
      const field = (node as unknown as { readonly field?: Name }).field
      return field !== undefined && touches(field.range, offset) ? ofField(view, field, outer) : undefined
    }
    case 'expectFires':
    case 'expectUnknown': {
      const name = (node as unknown as { readonly rule: Name }).rule
      return touches(name.range, offset) ? ofRuleNamed(view, name) : undefined
    }
    case 'during': {
      // Its days, times and zone are words of everybody, which have no page of their own.
      const page = pageText(view, 'during')
      return page === undefined ? undefined : { markdown: page, range: node.range }
    }
    default:
      return undefined
  }
}

function isSelector(node: Ranged): node is SelectorNode {
  return 'service' in node && 'ancestor' in node
}

function isWorkload(node: Ranged): node is WorkloadNode {
  return 'workloadKind' in node
}

function isSpan(node: Ranged): node is SpanExpression {
  return 'selector' in node && 'path' in node && Array.isArray(node.path)
}

function ofSelector({ project }: View, { service, operation }: SelectorNode, offset: number): Answer | undefined {
  const { view } = project.catalog
  if (touches(service.range, offset) && !(operation !== undefined && touches(operation.range, offset)))
    return { markdown: serviceText(service.text, view), range: service.range }
  if (operation === undefined || !touches(operation.range, offset)) return undefined
  return { markdown: operationText(service.text, operation.text, view), range: operation.range }
}

function ofWorkload(view: View, node: WorkloadNode): Answer {
  const { namespace } = factsOfView(view)
  const spaced = node.namespace?.text ?? namespace
  const id = workloadId({
    ...(node.orchestrator === undefined ? {} : { orchestrator: node.orchestrator.text }),
    ...(node.workloadKind === undefined ? {} : { kind: node.workloadKind.text }),
    name: node.name.text,
    ...(spaced === undefined ? {} : { namespace: spaced }),
  })
  return { markdown: workloadText(id, view.project), range: node.range }
}

/** On its path: the whole value. On `span` itself the word's page. */
function ofSpan(view: View, declaration: Declaration, node: SpanExpression, offset: number): Answer | undefined {
  const on = node.path.find(({ name }) => touches(name.range, offset))
  if (on === undefined) return undefined
  const facts = factsOfView(view)
  const everyNs = facts.everyOf('clauses' in declaration ? declaration.clauses : [])
  const value = view.project.checked?.resolved.spans.get(node) ?? facts.valueOf(node, everyNs)
  const page = pageText(view, on.name.text)
  if (value?.kind !== 'span') return page === undefined ? undefined : { markdown: page, range: on.name.range }
  return { markdown: [spanText(value, everyNs, view.project.catalog.view), ...(page === undefined ? [] : [page])].join('\n\n---\n\n'), range: on.range }
}

function ofName(view: View, name: Name, declaration: Declaration, outer: readonly Ranged[]): Answer | undefined {
  const constant = factsOfView(view).constants.get(name.text)
  if (constant !== undefined && (declaration.kind !== 'let' || declaration.name !== name || constant.declaration === declaration))
    return { markdown: letText(constant, view.document.name), range: name.range }
  // Behind `kind ==` and `status ==` the language has words.
  const compared = outer.at(-1)
  const isWord =
    compared !== undefined &&
    'kind' in compared &&
    compared.kind === 'compare' &&
    (vocabulary.kind.includes(name.text) || vocabulary.status.includes(name.text))
  const page = isWord ? pageText(view, name.text) : undefined
  return page === undefined ? undefined : { markdown: page, range: name.range }
}

function ofField(view: View, field: Name, outer: readonly Ranged[]): Answer | undefined {
  const page = field.quoted || !vocabulary.field.includes(field.text) ? undefined : pageText(view, field.text)
  if (page !== undefined) return { markdown: page, range: field.range }
  const selector = outer.findLast(isSelector)
  const { catalog } = view.project.catalog
  if (catalog === undefined || selector === undefined) return undefined
  const known = attributesMatching(catalog, selector.service.text).find((attribute) => printField({ kind: 'attribute', attribute }) === field.text)
  if (known === undefined)
    return { markdown: `**${field.text}**\n\nAn attribute that the catalog does not have of ${selector.service.text}.`, range: field.range }
  const examples = known.examples.map((example) => `\`${JSON.stringify(example)}\``).join(', ')
  const where = known.scope === 'resource' ? 'of the resource' : 'of spans'
  return { markdown: `**${field.text}**\n\nAn attribute ${where}: ${known.type}${examples === '' ? '' : `, such as ${examples}`}.`, range: field.range }
}

function ofRule(view: View, declaration: Declaration, range: TextRange): Answer | undefined {
  const rule = isRuleTree(declaration) ? checkedRule(view, declaration) : undefined
  const explanation = rule === undefined ? undefined : explained(view, rule)
  if (explanation === undefined) return { markdown: 'A rule that is not checked yet, or has an error.', range }
  return { markdown: ruleText(explanation, view.project.runs.replay), range }
}

function ofRuleNamed(view: View, name: Name): Answer | undefined {
  const rule = view.project.checked?.program.rules.find((each) => each.name === name.text)
  return rule === undefined ? undefined : ofRule(view, rule.tree, name.range)
}

/** A keyword or a unit, by what the text says there. */
function ofWord(view: View, offset: number): Answer | undefined {
  const { text } = view.document
  let start = offset
  while (start > 0 && /[\w%µ/-]/.test(text[start - 1] as string)) start--
  let end = offset
  while (end < text.length && /[\w%µ/-]/.test(text[end] as string)) end++
  const word = text.slice(start, end)
  const unit = /^\d+(?:\.\d+)?([A-Za-zµ]+|%|\/(?:s|min|h))$/.exec(word)
  if (unit !== null) {
    const page = pageText(view, unit[1] === 'µs' ? 'us' : (unit[1] as string))
    return page === undefined ? undefined : { markdown: page, range: { start, end } }
  }
  const page = isKeyword(word) ? pageText(view, word) : undefined
  return page === undefined ? undefined : { markdown: page, range: { start, end } }
}

function isKeyword(word: string): boolean {
  return [vocabulary.keyword, vocabulary.mode, vocabulary.combination].some((words) => words.includes(word))
}

function pageText({ page }: View, word: string): string | undefined {
  const path = pageOfWord(word)
  const text = path === undefined ? undefined : page(path)
  return text === undefined ? undefined : wordPage(text)
}
