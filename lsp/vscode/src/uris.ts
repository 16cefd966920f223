/** One file's URI can be spelt in several ways, as `%28` and `(`. The editor has its own; the language server's, of files that it finds by itself, is Node's, which is taken here. */
import { pathToFileURL } from 'node:url'
import type { Uri } from 'vscode'

export function uriOf(uri: Uri): string {
  return uri.scheme === 'file' ? pathToFileURL(uri.fsPath).href : uri.toString()
}
