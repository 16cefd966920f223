/**
 * `scale.json` at the root of a project: where its rules and its catalog are, and how they are judged. Commands without FILES find it in
 * the current folder or in one above. Its JSON Schema, for editors, is `grammar/scale.schema.json`; a test holds the two together.
 */
import { globSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize, relative, resolve } from 'node:path'
import { shapes } from '../bundle/index.ts'
import type { LintContext, Severity } from '../language/index.ts'
import { mapOf, object, oneOf, parseJson, textLike } from './json.ts'
import { reason } from './load.ts'

export const projectFile = 'scale.json'

/** The file's content. */
export interface ProjectConfig {
  /** Files, folders or globs, relative to the file; the whole folder by default. */
  readonly rules?: readonly string[]
  /** A file of `scalec catalog`, relative to the file. */
  readonly catalog?: string
  readonly defaults?: ProjectDefaults
  /** By diagnostic code: what it counts as in this project. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>
  /** Names that the catalog does not have are errors. */
  readonly strict?: boolean
  /** Spans a second, by `service` or `service/operation`; goes before the catalog's. */
  readonly rates?: Readonly<Record<string, number>>
  /** Share of the traces that the sampler keeps. */
  readonly sampled?: number
  /** Most that one rule may cost: microseconds of work a second, bytes of memory. */
  readonly budget?: { readonly work?: number; readonly memory?: number }
}

/** Values of options that are not on the command line. */
export interface ProjectDefaults {
  readonly lateness?: string
  readonly readyAfter?: string
  /** By workload, at the start of a replay. */
  readonly replicas?: Readonly<Record<string, number>>
}

export interface Project {
  /** Of `scale.json` and all other paths: as people would type them in the current folder. */
  readonly file: string
  /** For `loadSources`: files and folders, the globs resolved. */
  readonly rules: readonly string[]
  readonly catalog: string | undefined
  readonly defaults: ProjectDefaults
  readonly severities: Readonly<Record<string, Severity | 'off'>>
  readonly strict: boolean
  /** What lints judge by. */
  readonly lint: Pick<LintContext, 'rates' | 'sampled' | 'budget'>
}

export interface ProjectOptions {
  /** Where the search starts; the process's folder by default. */
  readonly cwd?: string
  /** The file itself, instead of a search. */
  readonly file?: string
}

const duration = textLike(/^(?:0|(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+)$/, 'a duration such as "5s"')
const filled = textLike(/^[\s\S]+$/, 'a text that is not empty')

const config = object(
  {},
  {
    $schema: shapes.text,
    rules: shapes.list(filled, 1),
    catalog: filled,
    defaults: object({}, { lateness: duration, readyAfter: duration, replicas: mapOf(/^.+\/.+$/s, 'a workload such as "deployment/ads"', shapes.whole(0)) }),
    severities: mapOf(/^SC\d{4}$/, 'a code such as SC4001', oneOf('error', 'warning', 'off')),
    strict: shapes.boolean,
    rates: mapOf(/^.+$/s, 'a service or service/operation', shapes.numberFrom(0)),
    sampled: shapes.numberFrom(0, 1),
    budget: object({}, { work: shapes.numberFrom(0), memory: shapes.numberFrom(0) }),
  },
)

/** The content of a `scale.json`, or one sentence that says what is wrong with it and at which key: `$.defaults.lateness: …`. */
export function readProject(text: string): { readonly config: ProjectConfig } | { readonly error: string } {
  const parsed = parseJson(text)
  if ('error' in parsed) return parsed
  const error = config(parsed.value, '$')
  return error === undefined ? { config: parsed.value as ProjectConfig } : { error }
}

/** Absolute path of the project's file, which may not exist if it was given; undefined where there is none. */
export function projectPath({ cwd = '.', file }: ProjectOptions = {}): string | undefined {
  return file === undefined ? findUp(resolve(cwd)) : resolve(cwd, file)
}

/** The project of a folder, undefined where there is none; or what is wrong with its file, with the file's name in front. */
export function loadProject(options: ProjectOptions = {}): { readonly project: Project | undefined } | { readonly error: string } {
  const cwd = resolve(options.cwd ?? '.')
  const path = projectPath(options)
  if (path === undefined) return { project: undefined }
  const file = shown(path, cwd)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { error: `${file} ${reason(error)}` }
  }
  const read = readProject(text)
  if ('error' in read) return { error: `${file}: ${read.error}` }
  const found = rulesOf(read.config.rules ?? ['.'], dirname(path), cwd)
  if ('error' in found) return { error: `${file}: ${found.error}` }
  const { catalog, defaults = {}, severities = {}, strict = false, rates, sampled, budget } = read.config
  const catalogPath = catalog === undefined ? undefined : shown(resolve(dirname(path), catalog), cwd)
  const lint = { ...(rates === undefined ? {} : { rates }), ...(sampled === undefined ? {} : { sampled }), ...(budget === undefined ? {} : { budget }) }
  return { project: { file, rules: found.rules, catalog: catalogPath, defaults, severities, strict, lint } }
}

function findUp(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, projectFile)
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
    if (dirname(folder) === folder) return undefined
  }
}

const glob = /[*?[{]/

/** Files and folders as they are; of globs what they match, by name. */
function rulesOf(patterns: readonly string[], folder: string, cwd: string): { readonly rules: readonly string[] } | { readonly error: string } {
  const rules = new Set<string>()
  for (const [i, pattern] of patterns.entries()) {
    const path = isAbsolute(pattern) ? pattern : join(folder, pattern)
    if (!glob.test(pattern)) {
      rules.add(shown(path, cwd))
      continue
    }
    const matches = globSync(pattern, { cwd: folder, exclude: (name) => name === 'node_modules' }).sort()
    if (matches.length === 0) return { error: `$.rules[${i}]: no file is called ${pattern}` }
    for (const match of matches) rules.add(shown(resolve(folder, match), cwd))
  }
  return { rules: [...rules] }
}

function shown(path: string, cwd: string): string {
  return normalize(relative(cwd, path) || '.')
}
