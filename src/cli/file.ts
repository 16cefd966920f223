/** Files of commands: read whole, written whole. A problem is a sentence without the path. */
import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'

export type FileText = { readonly text: string } | { readonly error: string }

/** `-` is the standard input. */
export function readText(path: string): FileText {
  try {
    return { text: readFileSync(path === '-' ? 0 : path, 'utf8') }
  } catch (error) {
    return { error: reason(error) }
  }
}

/** All of it or nothing: a daemon that watches the file never sees half of it. Answers what went wrong. */
export function writeWhole(path: string, text: string): string | undefined {
  const partial = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(partial, text)
    renameSync(partial, path)
    return undefined
  } catch (error) {
    rmSync(partial, { force: true })
    return `${path} cannot be written (${codeOf(error)})`
  }
}

/** A file that is there already: it keeps its mode, and a link to it stays one. Answers what went wrong. */
export function rewrite(path: string, text: string): string | undefined {
  let partial = ''
  try {
    const file = realpathSync(path)
    const { mode } = statSync(file)
    partial = `${file}.${process.pid}.tmp`
    writeFileSync(partial, text, { mode })
    // The process's mask may have taken something from it.
    chmodSync(partial, mode)
    renameSync(partial, file)
    return undefined
  } catch (error) {
    if (partial !== '') rmSync(partial, { force: true })
    return `${path} cannot be written (${codeOf(error)})`
  }
}

/** A file that must not be there yet; `mode` as for chmod. Answers what went wrong. */
export function writeNew(path: string, text: string, mode = 0o666): string | undefined {
  try {
    writeFileSync(path, text, { flag: 'wx', mode })
    return undefined
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? `${path} exists, and is not overwritten` : `${path} cannot be written (${codeOf(error)})`
  }
}

function reason(error: unknown): string {
  const code = codeOf(error)
  return code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`
}

/** Anything but an error of the file system is a bug. */
export function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return code
}
