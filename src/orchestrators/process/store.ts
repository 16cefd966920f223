/** What a pool remembers on disk, and the lock that keeps two instances apart. */
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { identityOf } from './identity.ts'

export interface ReplicaRecord {
  readonly slot: number
  readonly pid: number
  readonly identity: string
  /** Digest of the configuration that it was started with. */
  readonly spec: string
}

export interface PoolRecord {
  readonly desired: number
  /** Counts the changes of `desired`. */
  readonly version: number
  /** Id of the last change. */
  readonly lastId?: string
  readonly replicas: readonly ReplicaRecord[]
}

/** The file is either the old one or the new one, whenever this process is killed. */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  const file = openSync(temporary, 'w')
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

/** Undefined when there is none; text says why an existing one cannot be used. */
export function readRecord(path: string): PoolRecord | string | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return isMissing(error) ? undefined : `${path} cannot be read: ${(error as Error).message}`
  }
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch {
    // Said below.
  }
  return `${path} is not the state of a process pool: move it away to start anew`
}

function isRecord(value: unknown): value is PoolRecord {
  if (typeof value !== 'object' || value === null) return false
  const { desired, version, replicas } = value as Partial<PoolRecord>
  return (
    Number.isInteger(desired) &&
    Number.isInteger(version) &&
    Array.isArray(replicas) &&
    replicas.every((r: Partial<ReplicaRecord>) => Number.isInteger(r.slot) && Number.isInteger(r.pid) && typeof r.identity === 'string')
  )
}

/** Takes the lock and returns how to give it back, or the number of the living process that has it. */
export function lock(path: string): (() => void) | number {
  const mine = `${process.pid} ${identityOf(process.pid)}`
  const own = `${path}.${process.pid}`
  writeAtomically(own, mine)
  try {
    for (;;) {
      try {
        // A link fails where the file exists: of two that try, one gets it.
        linkSync(own, path)
        return () => rmSync(path, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = livingHolder(path)
      if (holder !== undefined) return holder
      // Left behind by a process that was killed. Another one may take it over in this very moment, so what was moved is looked at again.
      const aside = `${own}.aside`
      try {
        renameSync(path, aside)
      } catch (error) {
        if (isMissing(error)) continue
        throw error
      }
      if (livingHolder(aside) === undefined) rmSync(aside)
      else renameSync(aside, path)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function livingHolder(path: string): number | undefined {
  try {
    const [pid, ...identity] = readFileSync(path, 'utf8').split(' ')
    return identityOf(Number(pid)) === identity.join(' ') ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
