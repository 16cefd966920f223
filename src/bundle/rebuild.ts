/** A bundle from the sources that it carries: whoever reviewed those texts can make sure that the rules are theirs. */
import { isSuppressible, type SourceText } from '../language/index.ts'
import { analyse, bundleOf } from './compile.ts'
import type { Bundle } from './ir.ts'

/**
 * Compiled again as the version that the bundle names; undefined when the sources have errors. Equal digests mean that the rules are what the
 * sources say, as this compiler reads them.
 */
export function rebuild(bundle: Bundle): Bundle | undefined {
  const sources = new Map<string, SourceText>(bundle.sources.map((source) => [source.name, source]))
  const imported = new Set<string>()
  const resolve = (path: string, from: string): SourceText | undefined => {
    const source = sources.get(beside(from, path))
    if (source !== undefined) imported.add(source.name)
    return source
  }
  // The bundle does not say which sources were given and which were imported. One that has rules in it was given; one that nobody imports
  // too. Of any other it makes no difference: an import takes all of it but its rules.
  const { peers = [] } = bundle
  analyse({ roots: [...sources.values()], resolve, peers })
  const withRules = new Set(bundle.rules.map(({ source }) => source.file))
  const roots = [...sources.values()].filter(({ name }) => withRules.has(name) || !imported.has(name))
  const { diagnostics, program } = analyse({ roots, resolve, peers })
  // A project may have switched a lint off.
  return diagnostics.some(({ code, severity }) => severity === 'error' && !isSuppressible(code)) ? undefined : bundleOf(program, bundle.compiler)
}

/** The name that `import "path"` means in the source `from`. */
export function beside(from: string, path: string): string {
  const parts = from.split('/').slice(0, -1)
  for (const part of path.split('/'))
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  return parts.join('/')
}
