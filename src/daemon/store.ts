/**
 * What survives a restart, in one file of a folder: the engine's state, and the action under way. It is replaced
 * atomically (written beside, synced, renamed), so that a crash leaves the old file or the new one, never half of one.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { WorkloadRef } from '../bundle/index.ts'
import type { EngineState } from '../engine/index.ts'
import type { Decision } from '../plan/index.ts'

/** An action that was begun and of which no answer is recorded. */
export interface PendingAction {
  readonly workload: WorkloadRef
  readonly decision: Decision
}

export interface Saved {
  readonly engine: EngineState
  /** By target id. */
  readonly pending: Readonly<Record<string, PendingAction>>
}

export type Loaded =
  | { readonly kind: 'none' }
  | { readonly kind: 'saved'; readonly saved: Saved }
  /** The file could not be understood; it now lies at `movedTo`. */
  | { readonly kind: 'damaged'; readonly reason: string; readonly movedTo: string }

export interface StateStore {
  readonly file: string
  load(): Loaded
  /** Resolves when `saved`, or something newer, is on disk; rejects with the file system's error. */
  save(saved: Saved): Promise<void>
}

const formatVersion = 1

/** Deep enough to be sure of what planning will read; the rest of a decision is for people. */
const replicas = z.number().int().nonnegative()
const change = z.object({ at: z.number(), from: replicas, to: replicas })
const remembered = change.extend({ unsure: z.literal(true).optional() })
const engineSchema = z.object({
  targets: z.record(
    z.string(),
    z.object({
      recommendations: z.array(z.object({ at: z.number(), replicas })),
      changes: z.array(remembered),
      lastAction: change.extend({ id: z.string() }).optional(),
      ruleActed: z.record(z.string(), z.number()),
      epoch: z.union([z.object({ kind: z.literal('since'), at: z.number() }), z.object({ kind: z.literal('pending'), since: z.number() })]).optional(),
      base: replicas.optional(),
      observed: change.optional(),
      reversions: z.array(z.object({ at: z.number(), id: z.string(), to: replicas })).optional(),
    }),
  ),
  spent: z.array(z.object({ at: z.number(), id: z.string(), target: z.string(), added: replicas, done: z.boolean() })).optional(),
})
const savedSchema = z.object({
  version: z.literal(formatVersion, `expected format version ${formatVersion}`),
  engine: engineSchema,
  pending: z.record(
    z.string(),
    z.object({
      workload: z.object({ name: z.string() }).loose(),
      decision: z.object({ id: z.string(), at: z.number(), target: z.string(), from: replicas, to: replicas, rules: z.array(z.looseObject({})) }).loose(),
    }),
  ),
})

/** An engine's state that came from elsewhere; undefined for anything else. */
export function savedEngine(document: unknown): EngineState | undefined {
  const result = engineSchema.safeParse(document)
  return result.success ? (result.data as EngineState) : undefined
}

/** Makes the folder; throws the file system's error when it cannot. */
export function openStore(dir: string): StateStore {
  mkdirSync(dir, { recursive: true })
  const file = join(dir, 'state.json')
  let writing = false
  let next: { saved: Saved; done: PromiseWithResolvers<void> } | undefined

  /** One write at a time; what arrives meanwhile is one next write, of the newest. */
  async function drain(): Promise<void> {
    if (writing) return
    writing = true
    while (next !== undefined) {
      const { saved, done } = next
      next = undefined
      try {
        await replaceFile(file, `${JSON.stringify({ version: formatVersion, ...saved })}\n`)
        done.resolve()
      } catch (error) {
        done.reject(error)
      }
    }
    writing = false
  }

  return {
    file,
    load: () => load(file),
    save(saved) {
      if (next === undefined) next = { saved, done: Promise.withResolvers() }
      else next.saved = saved
      const { promise } = next.done
      void drain()
      return promise
    },
  }
}

/** All of it or none, whatever happens meanwhile. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`
  const handle = await open(fresh, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(fresh, file)
}

function load(file: string): Loaded {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'none' }
    throw error
  }
  const read = parse(text)
  if ('saved' in read) return { kind: 'saved', saved: read.saved }
  const movedTo = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '')}`
  renameSync(file, movedTo)
  return { kind: 'damaged', reason: read.reason, movedTo }
}

function parse(text: string): { readonly saved: Saved } | { readonly reason: string } {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    return { reason: (error as Error).message }
  }
  const result = savedSchema.safeParse(document)
  if (result.success) return { saved: document as Saved }
  const issue = result.error.issues[0]
  return { reason: `${issue?.path.join('.')}: ${issue?.message}` }
}
