/** Whole processes, timed in turns. */
import { spawnSync } from 'node:child_process'

export interface ProcessFigures {
  /** Milliseconds, a run each. */
  readonly ms: readonly number[]
  /** Greatest resident memory of the last run, in bytes. */
  readonly memory: number
}

/** Makes a process say how much memory it had at the most; getrusage would count its parent's, from before exec. */
const script = `import { readFileSync } from 'node:fs'
process.on('exit', () => {
  let peak = process.memoryUsage.rss() / 1024
  try { peak = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] } catch {}
  process.stderr.write('\\npeak ' + peak)
})`
const saysMemory = `--import=data:text/javascript,${encodeURIComponent(script)}`

/**
 * Runs each of the commands (arguments of node) once a round, so that all see the same machine. The first round fills the compile cache and
 * does not count. Throws when one fails.
 */
export function processes(commands: Readonly<Record<string, readonly string[]>>, rounds: number): ReadonlyMap<string, ProcessFigures> {
  const figures = new Map(Object.keys(commands).map((name) => [name, { ms: [] as number[], memory: 0 }]))
  for (let round = 0; round <= rounds; round++)
    for (const [name, args] of Object.entries(commands)) {
      const started = performance.now()
      const { status, stdout, stderr } = spawnSync(process.execPath, [saysMemory, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 })
      const took = performance.now() - started
      if (status !== 0) throw new Error(`${name}: ${stdout}${stderr}`)
      const of = figures.get(name)
      if (of === undefined) continue
      if (round > 0) of.ms.push(took)
      of.memory = Number(/peak ([\d.]+)/.exec(stderr)?.[1]) * 1024
    }
  return figures
}
