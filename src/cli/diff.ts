/** `scalec diff OLD NEW`: what changed between two bundles or sets of rule files, in words of rules. */
import { type Bundle, type Change, diffBundles, foundWords } from '../bundle/index.ts'
import { bundleFromPaths } from './bundle-input.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import { inputsOf } from './project.ts'
import { counted } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface DiffOptions {
  readonly format: 'text' | 'json' | 'markdown'
}

/** Exit codes as of diff(1): 0 they decide alike, 1 they differ, 2 one of them cannot be read or compiled. */
export function run(before: string, after: string, { format }: DiffOptions, terminal: Terminal): ExitCode {
  const inputs = inputsOf([before, after], {}, terminal)
  if (inputs === undefined) return exit.usage
  const old = bundleFromPaths([before], terminal, inputs.catalog)
  const fresh = bundleFromPaths([after], terminal, inputs.catalog)
  if (typeof old === 'number' || typeof fresh === 'number') return exit.usage
  const same = old.digest === fresh.digest
  const changes = same ? [] : diffBundles(old, fresh)
  const side = (path: string, { digest, compiler }: Bundle): object => ({ path, digest, compiler })
  if (format === 'json') terminal.out(printJson({ before: side(before, old), after: side(after, fresh), same: changes.length === 0, changes }))
  else if (format === 'markdown') terminal.out(markdown(changes))
  else {
    for (const change of changes) terminal.out(`${line(change)}\n`)
    if (changes.length === 0 && !same) terminal.out('the rules decide alike; layout, comments, names of files or the compiler differ\n')
  }
  return changes.length === 0 ? exit.fine : exit.problems
}

function subject({ name }: Change): string {
  return name.after ?? name.before ?? ''
}

/** `ads-slow: threshold 400ms → 450ms` */
function line(change: Change): string {
  switch (change.kind) {
    case 'added':
      return `${subject(change)}: added: ${change.after}`
    case 'removed':
      return `${subject(change)}: removed`
    case 'renamed':
      return `${change.before}: renamed to ${change.after}`
    case 'changed':
      return `${subject(change)}: ${foundWords(change)}`
  }
}

/** For a comment on a pull request. */
function markdown(changes: readonly Change[]): string {
  if (changes.length === 0) return 'The rules decide as before.\n'
  const subjects = new Map<string, Change[]>()
  for (const change of changes) {
    const key = `${change.of} ${subject(change)}`
    subjects.set(key, [...(subjects.get(key) ?? []), change])
  }
  const lines = [`**Scaling rules:** ${summary([...subjects.values()])}`, '']
  for (const [first, ...more] of subjects.values()) {
    if (first === undefined) continue
    const all = [first, ...more]
    if (all.length === 1) lines.push(`- ${code(subject(first))}: ${item(first)}`)
    else lines.push(`- ${code(subject(first))}`, ...all.map((change) => `  - ${item(change)}`))
  }
  return `${lines.join('\n')}\n`
}

/** `1 rule added, 2 rules changed, 1 target changed` */
function summary(subjects: readonly (readonly Change[])[]): string {
  const counts = new Map<string, number>()
  for (const [first] of subjects) {
    if (first === undefined) continue
    const key = `${first.of} ${first.kind === 'renamed' ? 'changed' : first.kind}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts]
    .map(([key, n]) => {
      const [of = '', kind = ''] = key.split(' ')
      return `${counted(n, of)} ${kind}`
    })
    .join(', ')
}

function item(change: Change): string {
  const { kind, before, after, what, unit, where } = change
  const within = where?.after ?? where?.before
  const behind = `${unit === undefined ? '' : ` ${unit}`}${within === undefined ? '' : ` in ${code(within)}`}`
  if (kind === 'added') return `**added**: ${code(after ?? '')}`
  if (kind === 'removed') return `**removed**: ${code(before ?? '')}`
  if (kind === 'renamed') return `renamed, was ${code(before ?? '')}`
  if (before === undefined) return `${what} ${code(after ?? '')}${behind} added`
  return after === undefined ? `${what} ${code(before)}${behind} removed` : `${what} ${code(before)} → ${code(after)}${behind}`
}

/** In as many backticks as it takes. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `\`${text}\`` : `${fence} ${text} ${fence}`
}
