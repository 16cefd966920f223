/** Puts the configuration together: flags over environment over file over defaults. */
import { parse, YAMLParseError } from 'yaml'
import type { z } from 'zod'
import { expand } from './expand.ts'
import type { Config } from './schema.ts'
import { schema } from './schema.ts'
import { nearest } from './suggest.ts'
import { leafKeys, shapeAt } from './walk.ts'

export interface ConfigInput {
  /** The file's text and its name for messages. */
  readonly file?: { readonly name: string; readonly text: string }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Dotted key to text, as `--set receivers.grpc.port=4317` gives it. */
  readonly flags: ReadonlyMap<string, string>
}

/** The configuration, or every problem with it, one line each. */
export function loadConfig(input: ConfigInput): { readonly config: Config } | { readonly problems: readonly string[] } {
  const problems: string[] = []
  const document = input.file === undefined ? {} : parseFile(input.file, input.environment, problems)
  const keys = leafKeys(schema)
  const origins = new Map<string, string>()
  for (const key of keys) {
    const variable = variableOf(key)
    const value = input.environment[variable]
    if (value === undefined) continue
    assign(document, key, value)
    origins.set(key, variable)
  }
  for (const [key, value] of input.flags) {
    if (!keys.includes(key)) {
      problems.push(`--set ${key}: there is no such key${suggestion(key, keys)}`)
      continue
    }
    assign(document, key, value)
    origins.set(key, '--set')
  }
  if (problems.length > 0) return { problems }
  const result = schema.safeParse(document)
  if (result.success) return { config: result.data }
  return { problems: result.error.issues.flatMap((issue) => describe(issue, input.file?.name, origins)) }
}

/** `receivers.grpc.port` is SCALED_RECEIVERS_GRPC_PORT. */
export function variableOf(key: string): string {
  return `SCALED_${key.replaceAll(/[.-]/g, '_').toUpperCase()}`
}

type Document = Record<string, unknown>

function parseFile(file: { readonly name: string; readonly text: string }, environment: ConfigInput['environment'], problems: string[]): Document {
  try {
    const document: unknown = parse(file.text) ?? {}
    if (typeof document === 'object' && !Array.isArray(document)) {
      const found: string[] = []
      const expanded = expand(document, environment, found) as Document
      problems.push(...found.map((problem) => `${file.name}: ${problem}`))
      return expanded
    }
    problems.push(`${file.name}: expected keys and values, got ${JSON.stringify(document)}`)
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    problems.push(`${file.name}:${error.linePos?.[0].line ?? 1}: ${error.message.split(' at line ', 1)[0]}`)
  }
  return {}
}

function assign(document: Document, key: string, value: string): void {
  const path = key.split('.')
  let at = document
  for (const step of path.slice(0, -1)) {
    const next = at[step]
    if (next !== null && typeof next === 'object' && !Array.isArray(next)) at = next as Document
    else {
      const fresh: Document = {}
      at[step] = fresh
      at = fresh
    }
  }
  at[path.at(-1) as string] = value
}

function describe(issue: z.core.$ZodIssue, file: string | undefined, origins: ReadonlyMap<string, string>): string[] {
  const path = issue.path.join('.')
  const origin = origins.get(path) ?? file
  const where = origin === undefined ? '' : `${origin}: `
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(shapeAt(schema, issue.path.map(String)) ?? {})
    return issue.keys.map((key) => `${where}${path === '' ? key : `${path}.${key}`}: there is no such key${suggestion(key, known)}`)
  }
  if (issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record'))
    return [`${where}${path}: expected ${Object.keys(shapeAt(schema, issue.path.map(String)) ?? {}).join(', ') || 'keys and values'} under it`]
  return [`${where}${path}: ${issue.message}`]
}

function suggestion(key: string, known: readonly string[]): string {
  const guess = nearest(key, known)
  return guess === undefined ? ` (known: ${[...known].sort().join(', ')})` : `: did you mean ${guess}?`
}
