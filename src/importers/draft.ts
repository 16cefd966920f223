/** What an importer makes of one manifest, before it is laid out as text. */
import { printDuration } from '../language/index.ts'
import { nameText } from './names.ts'

export interface Draft {
  /** What it was: `HorizontalPodAutoscaler shop/ads`. */
  readonly from: string
  /** `deployment/ads in shop` */
  readonly workload: string
  /** `between 1 and 10` */
  readonly clauses: readonly string[]
  readonly rules: readonly DraftRule[]
  /** What differs or could not be taken over; one sentence each. */
  readonly notes: readonly string[]
}

export interface DraftRule {
  /** A wish: others may have it already. */
  readonly name: string
  /** From the action on: `+2 when …`. */
  readonly text: string
  readonly notes: readonly string[]
  /** It compiles, and scaled cannot measure it yet: it is laid out as a comment. */
  readonly dormant?: true
}

/** Notes and clauses gather while a manifest is read. */
export interface Gathering {
  readonly clauses: string[]
  readonly rules: DraftRule[]
  readonly notes: string[]
}

const modes = ['out-only', 'observe', 'off'] as const

/** A target has one mode: the one that does least. */
export function gatherMode(mode: (typeof modes)[number], { clauses }: Gathering): void {
  const at = clauses.findIndex((clause) => clause.startsWith('mode '))
  const known = modes.findIndex((each) => clauses[at] === `mode ${each}`)
  if (at < 0) clauses.push(`mode ${mode}`)
  else if (modes.indexOf(mode) > known) clauses[at] = `mode ${mode}`
}

/** A label of letters, digits and `-` that starts with a letter. */
export function labelOf(...words: readonly string[]): string {
  const label = words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return /^[a-z]/.test(label) ? label : `rule-${label}`.replace(/-$/, '')
}

export function workloadText(reference: { readonly apiVersion?: string; readonly kind: string; readonly name: string }, namespace: string | undefined): string {
  const { apiVersion = 'apps/v1', kind, name } = reference
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const word = group === '' || group === 'apps' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
  return `${nameText(word)}/${nameText(name)}${namespace === undefined ? '' : ` in ${nameText(namespace)}`}`
}

/** Text of the rule language with comments; neither laid out nor checked. */
export function draftsText(drafts: readonly Draft[]): string {
  const names = new Set<string>()
  const seen = new Map<string, string>()
  return drafts.map((draft) => draftText(draft, names, seen)).join('\n')
}

function draftText({ from, workload, clauses, rules, notes }: Draft, names: Set<string>, seen: Map<string, string>): string {
  const first = seen.get(workload)
  if (first === undefined) seen.set(workload, from)
  const lines = [comment(`From ${from}.`), ...notes.map(comment)]
  if (first === undefined) lines.push(`target ${workload} { ${clauses.join('\n')} }`)
  else lines.push(comment(`${first} scales ${workload} already, and two would fight: this is a comment. Its limits were: ${clauses.join(', ')}.`))
  for (const { name, text, notes: about, dormant } of rules) {
    const rule = `${unused(name, names)}: scale ${workload} ${text}`
    // On one line, so that taking the slashes away is enough.
    lines.push('', ...about.map(comment), dormant || first !== undefined ? `// ${rule}` : rule)
  }
  return `${lines.join('\n')}\n`
}

function unused(wish: string, names: Set<string>): string {
  let name = wish
  for (let n = 2; names.has(name); n++) name = `${wish}-${n}`
  names.add(name)
  return name
}

const width = 100

/** In lines that fit; what was text of somebody else cannot end the comment. */
function comment(text: string): string {
  const lines: string[] = []
  let line = '//'
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > width && line !== '//') {
      lines.push(line)
      line = '//'
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}

/** `1m30s`, from seconds. */
export function seconds(s: number): string {
  return printDuration(Math.round(s * 1e9))
}
