/** Which recordings the page offers: those that were named, and those that lie in the project. */
import { createHash } from 'node:crypto'
import { globSync, statSync } from 'node:fs'
import { join, normalize, relative, resolve } from 'node:path'
import type { RecordingChoice } from './contract.ts'

export interface FoundRecording extends RecordingChoice {
  readonly path: string
}

/** Plain JSON is only taken where it is named: most JSON is something else. */
const pattern = '**/*.{jsonl,binpb}{,.gz,.zst}'
const leftOut = new Set(['node_modules', 'dist', '.git', 'golden', 'fixtures'])
/** More would be no help to choose from. */
const most = 50

/** Those named first, in their order; then those below the folder, by name. Paths that do not exist are kept: opening them says why. */
export function findRecordings(named: readonly string[], folder: string): readonly FoundRecording[] {
  const below = globSync(pattern, { cwd: folder, exclude: (name) => leftOut.has(name) })
    .sort()
    .slice(0, most)
    .map((path) => join(folder, path))
  const paths = new Map([...named, ...below].map((path) => [resolve(path), path]))
  return [...paths].map(([absolute, path]) => ({
    id: createHash('sha256').update(absolute).digest('hex').slice(0, 12),
    name: normalize(relative('.', path) || path),
    bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    path,
  }))
}
