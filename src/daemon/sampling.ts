/** The sampler of this process: made from the configuration, with what it had learnt in the last run. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { createSampler, type KeptTrace, type Sampler, type SamplerOptions, type SamplerState } from '../sampler/index.ts'
import type { Config } from './config/index.ts'
import type { Logger } from './logger.ts'
import { replaceFile } from './store.ts'

export interface Sampling {
  readonly sampler: Sampler
  /** Whether it knows something: of the last run. */
  readonly restored: boolean
  /** Writes down what it has learnt; says in the log when it cannot. */
  save(): Promise<void>
}

export function samplerOptions({ mode, budget, half_life, warm_after }: Config['sampler']): SamplerOptions {
  return { mode: mode ?? (budget === 1 ? 'all' : 'budgeted'), budget, halfLifeNs: half_life, warmAfter: warm_after }
}

/** A state that cannot be used is moved aside, loudly, and the sampler learns anew. Throws the file system's errors. */
export function openSampling(config: Config, logger: Logger, onKept?: (trace: KeptTrace) => void): Sampling {
  const options = samplerOptions(config.sampler)
  const hooks = onKept === undefined ? {} : { onKept }
  mkdirSync(config.state.dir, { recursive: true })
  const file = join(config.state.dir, 'sampler.json')
  const state = readState(file)
  let sampler: Sampler | undefined
  try {
    if (state !== undefined) sampler = createSampler(options, { ...hooks, state: JSON.parse(state) as SamplerState })
  } catch (error) {
    const movedTo = `${file}.unused-${new Date().toISOString().replaceAll(/[:.]/g, '')}`
    renameSync(file, movedTo)
    logger.warn({ reason: (error as Error).message, movedTo }, 'what the sampler had learnt cannot be used and is moved aside: it learns anew')
  }
  const made = sampler ?? createSampler(options, hooks)
  return {
    sampler: made,
    restored: sampler !== undefined,
    async save() {
      try {
        await replaceFile(file, `${JSON.stringify(made.save())}\n`)
      } catch (error) {
        logger.error({ file, error: (error as Error).message }, 'what the sampler has learnt cannot be written')
      }
    },
  }
}

function readState(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
