/** What the server knows of the machine that it runs on: files and the day. Tests of the workspace give another one. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectFile } from '../../src/files/index.ts'

export interface Host {
  /** Of a file as UTF-8; undefined if it cannot be read. */
  read(path: string): string | undefined
  /** The rule files and `scale.json` files below a folder, by name; not those of hidden folders and of node_modules. */
  find(folder: string): Found
  /** Rule files right in a folder. */
  beside(folder: string): readonly string[]
  /** Files below a folder that may be recordings, by their names; not those of hidden folders and of node_modules. */
  recordings(folder: string): readonly string[]
  /** The `scale.json` of a folder, or of the nearest one above. */
  projectAbove(folder: string): string | undefined
  /** As `2027-01-31`, UTC: suppressions end. */
  today(): string
}

export interface Found {
  readonly rules: readonly string[]
  readonly projects: readonly string[]
}

export function nodeHost(): Host {
  return {
    read(path) {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
      } catch {
        // Not there, not readable, not UTF-8: whoever needs it says that it is missing.
        return undefined
      }
    },
    find(folder) {
      const found = { rules: [] as string[], projects: [] as string[] }
      walk(folder, found)
      return found
    },
    beside: (folder) => entriesOf(folder).flatMap((entry) => (entry.isFile() && isRuleFile(entry.name) ? [join(folder, entry.name)] : [])),
    recordings(folder) {
      const found: string[] = []
      for (const path of filesBelow(folder)) if (isRecordingName(path)) found.push(path)
      return found
    },
    projectAbove(folder) {
      for (let at = folder; ; at = dirname(at)) {
        const path = join(at, projectFile)
        if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
        if (dirname(at) === at) return undefined
      }
    },
    today: () => new Date().toISOString().slice(0, 10),
  }
}

export function isRuleFile(path: string): boolean {
  return path.endsWith('.scale')
}

/** As the replay knows them; plain JSON is more often something else. */
function isRecordingName(path: string): boolean {
  return /\.(?:jsonl|ndjson|binpb|pb|proto)(?:\.(?:gz|zst|zstd))?$|\.json\.(?:gz|zst|zstd)$/.test(path)
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) yield path
    else if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) yield* filesBelow(path)
  }
}

function walk(folder: string, found: { readonly rules: string[]; readonly projects: string[] }): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) walk(path, found)
    } else if (isRuleFile(entry.name)) found.rules.push(path)
    else if (entry.name === projectFile) found.projects.push(path)
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}
