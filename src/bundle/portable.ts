/** Sources as any machine and any folder would give them, so that the same rules are the same bytes of a bundle everywhere. */
import type { SourceText } from '../language/index.ts'
import type { CompileInput } from './compile.ts'

/**
 * Sources are named by their path from the deepest folder that holds all roots, with slashes; lines end in LF, as they do in version control whatever
 * a checkout makes of them; a byte order mark is dropped. `cwd` is the absolute path that relative names start from.
 */
export function portable({ roots, resolve }: CompileInput, cwd: string): CompileInput {
  const folder = commonFolder(roots.map(({ name }) => foldersOf(name, cwd)))
  /** By new name. */
  const originals = new Map<string, string>()
  const renamed = ({ name, text }: SourceText): SourceText => {
    const source = { name: relative(folder, absolute(name, cwd)), text: text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n') }
    originals.set(source.name, name)
    return source
  }
  return {
    roots: roots.map(renamed),
    ...(resolve === undefined
      ? {}
      : {
          resolve: (path, from) => {
            const source = resolve(path, originals.get(from) ?? from)
            return source === undefined ? undefined : renamed(source)
          },
        }),
  }
}

/** The parts of an absolute path, without `.` and `..`. */
function absolute(name: string, cwd: string): readonly string[] {
  const path = name.replaceAll('\\', '/')
  const whole = /^(?:\/|[A-Za-z]:\/)/.test(path) ? path : `${cwd.replaceAll('\\', '/')}/${path}`
  const parts: string[] = []
  for (const part of whole.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  return parts
}

function foldersOf(name: string, cwd: string): readonly string[] {
  return absolute(name, cwd).slice(0, -1)
}

function commonFolder(folders: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = folders
  let length = first.length
  for (const other of others) {
    let same = 0
    while (same < length && first[same] === other[same]) same++
    length = same
  }
  return first.slice(0, length)
}

function relative(folder: readonly string[], path: readonly string[]): string {
  let same = 0
  while (same < folder.length && folder[same] === path[same]) same++
  return [...folder.slice(same).map(() => '..'), ...path.slice(same)].join('/')
}
