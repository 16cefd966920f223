/** Rule files from disk. */
import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, resolve as toAbsolute } from 'node:path'
import type { SourceText } from '../language/index.ts'

export interface FileProblem {
  readonly path: string
  /** One sentence, without the path. */
  readonly message: string
}

/** What `compile` and `analyse` of src/bundle take, and what became of the paths. */
export interface LoadedSources {
  /** In the order of the paths, folders by name; each file once. */
  readonly roots: readonly SourceText[]
  /** The file that `import "path"` in the source named `from` means; read when asked for, undefined if it cannot be. */
  readonly resolve: (path: string, from: string) => SourceText | undefined
  /** Of the paths that were asked for. Those of imports become diagnostics. */
  readonly problems: readonly FileProblem[]
  /** Everything that was read so far, imports included. */
  readonly sources: () => readonly SourceText[]
  /** Absolute paths of everything that was read or looked for so far, to watch for changes. */
  readonly paths: () => readonly string[]
}

/**
 * Reads rule files, and those below folders. A source is named by its path as given, without detours; a file that is reached in
 * several ways keeps the first name, so that it is one source.
 */
export function loadSources(paths: readonly string[]): LoadedSources {
  const known = new Map<string, SourceText | undefined>()
  const problems: FileProblem[] = []

  const read = (path: string): SourceText | FileProblem => {
    const absolute = toAbsolute(path)
    const seen = known.get(absolute)
    if (seen !== undefined) return seen
    known.set(absolute, undefined)
    const text = readText(path)
    if (typeof text !== 'string') return text
    const source = { name: normalize(path), text }
    known.set(absolute, source)
    return source
  }

  const roots = new Set<SourceText>()
  for (const path of paths)
    for (const file of filesAt(path, problems)) {
      const source = read(file)
      if ('message' in source) problems.push(source)
      else roots.add(source)
    }

  return {
    roots: [...roots],
    resolve: (path, from) => {
      const source = read(join(dirname(from), path))
      return 'message' in source ? undefined : source
    },
    problems,
    sources: () => [...known.values()].filter((source) => source !== undefined),
    paths: () => [...known.keys()],
  }
}

/** The file itself, or every rule file below the folder. */
function filesAt(path: string, problems: FileProblem[]): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path]
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.scale') && !/(?:^|[\\/])(?:node_modules|\.[^\\/]*)[\\/]/.test(file))
      .sort()
      .map((file) => join(path, file))
    if (files.length === 0) problems.push({ path, message: 'has no rule files (*.scale) in it' })
    return files
  } catch (error) {
    problems.push({ path, message: reason(error) })
    return []
  }
}

function readText(path: string): string | FileProblem {
  try {
    const bytes = readFileSync(path)
    return isUtf8(bytes) ? bytes.toString('utf8') : { path, message: 'is not UTF-8 text' }
  } catch (error) {
    return { path, message: reason(error) }
  }
}

/** Why a file could not be read, in words that follow its path. */
export function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return 'does not exist'
    case 'EACCES':
    case 'EPERM':
      return 'may not be read'
    case 'EISDIR':
      return 'is a folder'
    case 'ENOTDIR':
      return 'is below a file, not a folder'
    default:
      if (code === undefined) throw error
      return `cannot be read (${code})`
  }
}
