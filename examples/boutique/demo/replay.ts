/** The recording of a run, replayed through the same engine: it must decide the same at the same steps. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { initialReplicas } from '../scenario.ts'
import { lateness } from './configuration.ts'
import type { DecisionRecord } from './daemon.ts'
import type { Check } from './story.ts'
import { type Places, root, rulesFile } from './system.ts'

/** The arguments of `scalec` for the recording in `places`; paths are relative to the project. */
export function replayArguments(places: Places, readyAfterSeconds: number): string[] {
  return [
    'replay',
    relative(root, places.recording),
    '--rules',
    relative(root, rulesFile),
    '--replicas',
    `process:ads=${initialReplicas}`,
    '--ready-after',
    `${readyAfterSeconds.toFixed(1)}s`,
    '--lateness',
    lateness,
  ]
}

/** The decisions to scale in a decision log, in its order. */
export function scaleDecisions(file: string): DecisionRecord[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DecisionRecord)
    .filter((record) => record.outcome === 'scale')
}

/** Replays and compares with the decision log of the run. */
export async function checkReplay(places: Places, args: readonly string[]): Promise<Check> {
  const what = 'the replay of the recording decides the same'
  const replayed = join(places.out, 'replayed.jsonl')
  try {
    await promisify(execFile)(process.execPath, [join(root, 'dist', 'scalec.js'), ...args, '--decisions', replayed], { cwd: root })
  } catch (error) {
    return { what, ok: false, detail: `scalec replay failed: ${(error as { readonly stderr?: string }).stderr ?? String(error)}` }
  }
  const lines = [places.decisions, replayed].map((file) => scaleDecisions(file).map((d) => `${d.time} ${d.from} to ${d.to}`))
  const [live = [], again = []] = lines
  const ok = live.join('\n') === again.join('\n')
  return { what, ok, detail: ok ? `${live.length} actions, at the same steps` : `live ${live.join(', ') || 'none'}; replayed ${again.join(', ') || 'none'}` }
}
