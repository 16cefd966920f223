/** The project's rules in a REPL: what lines may refer to, and rules that can be measured by name. */
import { analyse, type Bundle, bundleOf, ruleWords } from '../../bundle/index.ts'
import { loadSources } from '../../files/index.ts'
import { version } from '../version.ts'
import type { Probe, Surroundings } from './probe.ts'
import { inputFile, probeOf } from './probe.ts'

export interface KnownRules {
  readonly surroundings: Omit<Surroundings, 'every'>
  /** In words, by name. */
  readonly words: ReadonlyMap<string, string>
  /** A rule's condition alone: it must not act, or its actions would change what it sees. */
  readonly probe: (name: string) => Probe | undefined
  /** What is wrong with the rules; then lines stand alone. */
  readonly problem?: string
}

export const noRules: KnownRules = { surroundings: { imports: [], resolve: () => undefined }, words: new Map(), probe: () => undefined }

export function rulesAt(paths: readonly string[]): KnownRules {
  const loaded = loadSources(paths)
  const [unread] = loaded.problems
  if (unread !== undefined) return { ...noRules, problem: `${unread.path} ${unread.message}` }
  const { diagnostics, program } = analyse(loaded)
  const wrong = diagnostics.find(({ severity }) => severity === 'error')
  if (wrong !== undefined) return { ...noRules, problem: `${wrong.file}: ${wrong.message}` }
  const bundle = bundleOf(program, version)
  const rules = { words: new Map(bundle.rules.map((rule) => [rule.name, ruleWords(rule)])), probe: (name: string) => probeOfRule(bundle, name) }
  const surroundings: KnownRules['surroundings'] = {
    imports: loaded.roots.map(({ name }) => name),
    resolve: (path, from) => (from === inputFile ? loaded.roots.find(({ name }) => name === path) : loaded.resolve(path, from)),
  }
  // Files that are right each by itself may contradict one another.
  const together = probeOf('span(any).count', surroundings)
  if ('mistake' in together) return { ...rules, surroundings: noRules.surroundings, problem: together.mistake.diagnostics[0]?.message ?? '' }
  return { ...rules, surroundings }
}

function probeOfRule(bundle: Bundle, name: string): Probe | undefined {
  const rule = bundle.rules.find((candidate) => candidate.name === name)
  if (rule === undefined) return undefined
  return { kind: 'condition', bundle: { ...bundle, rules: [{ ...rule, action: { kind: 'freeze', up: true, down: true } }] } }
}
