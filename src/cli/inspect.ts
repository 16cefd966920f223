/** `scalec inspect x.bundle.json`: what is in a bundle. */
import type { Bundle } from '../bundle/index.ts'
import { readBundle, ruleWords, targetWords } from '../bundle/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText } from './file.ts'
import { printJson } from './json.ts'
import type { Format } from './rules.ts'
import { counted } from './rules.ts'
import type { Terminal } from './terminal.ts'

export function run(path: string, { format }: { readonly format: Format }, terminal: Terminal): ExitCode {
  const read = readText(path)
  const result = 'error' in read ? read : readBundle(read.text)
  if ('error' in result) {
    terminal.err(`scalec: ${path}: ${result.error}\n`)
    return exit.usage
  }
  terminal.out(format === 'json' ? printJson(json(result.bundle)) : text(result.bundle))
  return exit.fine
}

function text({ digest, signatures = [], language, compiler, sources, targets, rules, projection, peers = [] }: Bundle): string {
  const lines = [
    `digest      ${digest}`,
    ...(signatures.length === 0 ? [] : [`signatures  ${signatures.map(({ key }) => key).join(', ')} (as the bundle says; scalec verify looks)`]),
    `language    ${language}`,
    `compiler    ${compiler}`,
    `sources     ${sources.map(({ name }) => name).join(', ')}`,
    `attributes  ${projection.length === 0 ? 'none' : projection.map(attribute).join(', ')}`,
    ...(peers.length === 0 ? [] : [`peers       ${peers.join(', ')} (by the catalog: calls to them are counted)`]),
    '',
    `${counted(targets.length, 'workload')}`,
    ...targets.map((target) => `  ${target.id}: ${targetWords(target)}`),
    '',
    `${counted(rules.length, 'rule')}`,
  ]
  for (const rule of rules) {
    lines.push(`  ${rule.name} (${rule.source.file}:${rule.source.line})`)
    for (const line of rule.doc?.split('\n') ?? []) lines.push(`    ${line}`)
    lines.push(`    ${ruleWords(rule)}`)
  }
  return `${lines.join('\n')}\n`
}

function attribute({ scope, name }: Bundle['projection'][number]): string {
  return scope === 'resource' ? `resource.${name}` : name
}

/** The bundle without its sources' texts, and every rule and target in words. */
function json({ sources, targets, rules, ...head }: Bundle): object {
  return {
    ...head,
    sources: sources.map(({ name }) => name),
    targets: targets.map((target) => ({ ...target, words: targetWords(target) })),
    rules: rules.map((rule) => ({ ...rule, words: ruleWords(rule) })),
  }
}
