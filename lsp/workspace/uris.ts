/** Between the protocol's URIs and paths. A document without a file, such as an editor's new one, is known by its URI alone. */
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Absolute; undefined where the URI names no file of this machine. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

export function uriOf(path: string): string {
  return path.includes('://') || path.startsWith('untitled:') ? path : pathToFileURL(path).href
}

/** Editors spell one file's URI in several ways (`file:///c%3A/…`); this is the one that is compared. */
export function keyOf(uri: string): string {
  return pathOf(uri) ?? uri
}
