/** Which `scalec` serves: the setting's, the workspace's, the PATH's, or the extension's own copy. */
import { delimiter, isAbsolute, join, resolve } from 'node:path'

export interface Surroundings {
  /** `scale.path`; empty where it is not set. */
  readonly setting: string
  /** Paths of the workspace's folders. */
  readonly folders: readonly string[]
  /** Programs of a workspace that nobody trusts are not run. */
  readonly isTrusted: boolean
  /** The PATH. */
  readonly path: string
  readonly platform: NodeJS.Platform
  readonly exists: (file: string) => boolean
  /** What a link leads to, in the end; any other file itself. */
  readonly target: (file: string) => string
  /** The extension's own `scalec.js`. */
  readonly own: string
}

export interface Located {
  readonly from: 'setting' | 'workspace' | 'path' | 'own'
  readonly file: string
  /** Whether Node must run it, or the system can. */
  readonly isScript: boolean
}

/** The sentence is for people: a setting that names nothing is no reason to take another without a word. */
export function locate(around: Surroundings): Located | { readonly problem: string } {
  const { setting, folders, isTrusted, path, platform, exists, target, own } = around
  const names = platform === 'win32' ? ['scalec.cmd', 'scalec.exe'] : ['scalec']
  const firstOf = (candidates: readonly string[]): string | undefined => candidates.find(exists)
  const located = (from: Located['from'], file: string): Located => {
    // npm's programs are links to scripts. The system would run them in its own Node, which may be too old for them.
    const script = target(file)
    return /\.[cm]?js$/.test(script) ? { from, file: script, isScript: true } : { from, file, isScript: false }
  }
  if (isTrusted && setting !== '') {
    const file = firstOf(isAbsolute(setting) ? [setting] : (folders.length > 0 ? folders : ['.']).map((folder) => resolve(folder, setting)))
    return file === undefined ? { problem: `scale.path names ${setting}, which does not exist` } : located('setting', file)
  }
  const inWorkspace = isTrusted ? firstOf(folders.flatMap((folder) => names.map((name) => join(folder, 'node_modules', '.bin', name)))) : undefined
  if (inWorkspace !== undefined) return located('workspace', inWorkspace)
  // A relative entry of the PATH may well be a folder of the workspace.
  const folderNames = path.split(delimiter).filter(isAbsolute)
  const onPath = isTrusted ? firstOf(folderNames.flatMap((folder) => names.map((name) => join(folder, name)))) : undefined
  return onPath === undefined ? located('own', own) : located('path', onPath)
}
