/** What is said of names and values, as Markdown. */
import { type Provenance, provenanceOf, provenanceWords, type RuleExplanation, valueWords } from '../../../src/explain/index.ts'
import {
  type CatalogView,
  canonicalOperation,
  countedKinds,
  isPattern,
  type NamedConstant,
  printDuration,
  printQuantity,
  printRate,
  printRatio,
  printValue,
  type StaticValue,
  type Target,
  typeName,
  type Value,
} from '../../../src/language/index.ts'
import type { Project, ReplayRun } from '../../contract.ts'
import { operationFacts, serviceFacts } from '../facts.ts'

export function serviceText(pattern: string, view: CatalogView | undefined): string {
  if (view === undefined) return `**${pattern}**\n\nA service. There is no catalog that knows of it.`
  const services = view.services(pattern)
  if (services.length === 0) return `**${pattern}**\n\nA service that the catalog does not have.`
  if (isPattern(pattern))
    return [`**${pattern}**: ${counted(services.length, 'service')} of the catalog`, ...services.slice(0, 5).map(serviceFacts)].join('\n\n')
  return services.map(serviceFacts).join('\n\n')
}

export function operationText(service: string, operation: string, view: CatalogView | undefined): string {
  const name = `${service}/${operation}`
  if (view === undefined) return `**${name}**\n\nAn operation. There is no catalog that knows of it.`
  const matches = view.ofAnyKind({ service, operation, kinds: [] }).filter(({ operation: { kind } }) => countedKinds(true).includes(kind))
  if (matches.length === 0) return `**${name}**\n\nAn operation that the catalog does not have.`
  const distinct = new Set(matches.map((match) => `${match.service}/${canonicalOperation(match.operation.name)}`))
  const several = distinct.size > 1 ? [`It means ${counted(distinct.size, 'operation')}: ${[...distinct].map((each) => `\`${each}\``).join(', ')}.`] : []
  return [
    operationFacts(
      service,
      operation,
      matches.map((match) => match.operation),
    ),
    ...several,
  ].join('\n\n')
}

export function letText({ name, value, declaration, file }: NamedConstant, here: string): string {
  const shown =
    value === undefined ? 'a constant that has an error' : `\`\`\`scale\nlet ${name} = ${constantText(value)}\n\`\`\`\n\n${capital(typeName(value.type))}`
  return [`${shown}${file === here ? '' : `, of ${file}`}.`, ...(declaration.doc === undefined ? [] : [declaration.doc])].join('\n\n')
}

function constantText(value: StaticValue): string {
  if (value.kind === 'constant') return printQuantity(value.value, value.type)
  return value.kind === 'text' ? JSON.stringify(value.value) : String(value.value)
}

export function workloadText(id: string, { checked, catalog }: Project): string {
  const target = checked?.program.targets.find((each) => each.id === id)
  const known = catalog.catalog?.workloads.find((each) => each.id === id)
  const rules = checked?.program.rules.filter((rule) => rule.target === id) ?? []
  const facts = [
    ...(known?.replicas === undefined ? [] : [`It runs ${counted(known.replicas, 'replica')}`]),
    ...(known === undefined || known.services.length === 0 ? [] : [`its pods send the spans of ${known.services.join(', ')}`]),
  ]
  return [
    `**${id}**`,
    ...(target === undefined ? [] : [boundsText(target)]),
    ...(facts.length === 0 ? [] : [`${facts.join('; ')}.`]),
    ...(rules.length === 0 ? [] : [`Rules: ${rules.map(({ name }) => name).join(', ')}.`]),
  ].join('\n\n')
}

function boundsText({ bounds: { min, max }, boundsImplied, cooldownNs, down, mode }: Target): string {
  return [
    `${min} to ${counted(max, 'replica')}${boundsImplied ? ' (implied)' : ''}`,
    ...(cooldownNs > 0 ? [`cooldown ${printDuration(cooldownNs)}`] : []),
    ...(down.stableNs > 0 ? [`stable ${printDuration(down.stableNs)} before down`] : []),
    ...(mode === 'act' ? [] : [`mode ${mode}`]),
  ]
    .join(' · ')
    .concat('.')
}

/** The value of spans: what it is, its type, where it comes from, and what is recorded of it. */
export function spanText(value: Value & { readonly kind: 'span' }, everyNs: number, view: CatalogView | undefined): string {
  const provenance: Provenance = provenanceOf(value)
  const { stat, field, windowNs } = value
  const window = windowNs === everyNs ? `each step of ${printDuration(everyNs)}` : printDuration(windowNs)
  const recorded = recordedText(value, view)
  return [
    `\`\`\`scale\n${printValue(value, everyNs)}\n\`\`\``,
    `${capital(valueWords(value, everyNs))}: ${typeName(value.type)}.`,
    `${capital(provenanceWords(provenance))}; over ${window}.${
      stat.kind === 'quantile' && field === 'duration' ? ' Compared with a constant it is decided by exact counters.' : ''
    }`,
    ...(recorded === undefined ? [] : [`Recorded: ${recorded}.`]),
  ].join('\n\n')
}

function recordedText({ selector }: Value & { readonly kind: 'span' }, view: CatalogView | undefined): string | undefined {
  const matches = view?.counted(selector).map(({ operation }) => operation) ?? []
  const told = (
    name: string,
    numbers: readonly (number | undefined)[],
    print: (value: number) => string,
    join: (numbers: readonly number[]) => number,
  ): readonly string[] => {
    const known = numbers.filter((number) => number !== undefined)
    return known.length === 0 ? [] : [`${name} ${print(Number(join(known).toPrecision(3)))}`]
  }
  const most = (numbers: readonly number[]): number => Math.max(...numbers)
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)
  const parts = [
    ...told(
      'rate',
      matches.map(({ rate }) => rate),
      printRate,
      sum,
    ),
    ...told(
      'p50',
      matches.map(({ p50 }) => p50),
      printDuration,
      most,
    ),
    ...told(
      'p95',
      matches.map(({ p95 }) => p95),
      printDuration,
      most,
    ),
    ...told(
      'p99',
      matches.map(({ p99 }) => p99),
      printDuration,
      most,
    ),
    ...told(
      'errors',
      matches.map(({ errorRate }) => errorRate),
      printRatio,
      most,
    ),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** A rule in plain words, with what it costs. */
export function ruleText({ rule, doc, written, summary, sections }: RuleExplanation, replay: ReplayRun | undefined): string {
  const fired = replay?.fired.get(rule)
  const cost = sections.find(({ id }) => id === 'cost')?.lines ?? []
  const reaction = sections.find(({ id }) => id === 'reaction')?.lines ?? []
  return [
    `**${rule}**`,
    ...(doc === undefined ? [] : [doc]),
    `\`\`\`scale\n${written}\n\`\`\``,
    summary.join(' '),
    ...(reaction.length === 0 ? [] : [reaction.join(' ')]),
    ...(cost.length === 0 ? [] : [cost.join(' ')]),
    ...(fired === undefined || replay === undefined
      ? []
      : [`In the last replay (${replay.recording}) it fired ${fired === 0 ? 'never' : counted(fired, 'time')}.`]),
  ].join('\n\n')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
