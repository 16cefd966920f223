/**
 * `npm run demo`: a small boutique under a surge of load, scaled by rules.scale. Everything is real and local: HTTP services, their
 * traces, scaled, worker processes. Exit codes: 0 the loop closed, 1 it did not (what was missing is said), 2 it could not be run, 130 interrupted.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { checkReplay, replayArguments, scaleDecisions } from './demo/replay.ts'
import { judgeRestart } from './demo/restart.ts'
import { run, toAction } from './demo/run.ts'
import { judge } from './demo/story.ts'
import { summary } from './demo/summary.ts'
import { placesIn, root, rulesFile, type System, startSystem } from './demo/system.ts'
import { createView } from './demo/view.ts'
import { cooldownSeconds, initialReplicas, surge, thresholdMs } from './scenario.ts'

const help = `npm run demo [-- OPTIONS]

  --kill-daemon  kill scaled (SIGKILL) just after its first action, start it again, and check that nothing is done twice
  --out DIR      folder for the recording, the logs and the decisions (default: examples/boutique/out/TIME)
  --help         this text`

const options = readOptions()
const stop = new AbortController()
process.exitCode = await demo().catch((error: unknown) => {
  if (stop.signal.aborted) {
    console.log('\nInterrupted; everything that was started is stopped.')
    return 130
  }
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  return 2
})

async function demo(): Promise<number> {
  const out = options.out ?? join(import.meta.dirname, 'out', new Date().toISOString().slice(0, 19).replaceAll(':', ''))
  // An earlier run's state would be taken up again.
  if (existsSync(out) && readdirSync(out).length > 0) throw new Error(`--out ${out}: is not empty`)
  mkdirSync(out, { recursive: true })
  const here = (path: string): string => relative(process.cwd(), path)
  let system: System | undefined
  const interrupted = (): void => {
    if (!stop.signal.aborted) stop.abort()
    else {
      // A second time: without waiting for anything.
      system?.abandon()
      process.exit(130)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted)
  // Nothing outlives the demo, not even when it ends by a bug of its own.
  process.on('exit', () => system?.abandon())
  // The terminal may go before the demo does.
  process.stdout.on('error', () => {})

  console.log('Starting the boutique and scaled …')
  system = await startSystem(placesIn(out), stop.signal)
  console.log(`  rules   ${here(rulesFile)}
  status  ${system.api}/v1/status
  shop    ${system.frontend}/product/mug
`)
  const view = createView(process.stdout)
  let outcome: Awaited<ReturnType<typeof run>>
  try {
    outcome = await run(system, view, options.killDaemon, stop.signal)
  } finally {
    view.end()
    await system.stop()
  }

  const { places } = system
  const verdict = judge(outcome.story, { surge, thresholdMs, initialReplicas })
  const checks = [...verdict.checks]
  const replay = replayArguments(places, verdict.up === undefined ? 1 : (verdict.upReady ?? 0) - verdict.up.step)
  if (outcome.restart === undefined) checks.push(await checkReplay(places, replay))
  else {
    const actions = scaleDecisions(places.decisions).map((record) => toAction(record, outcome.began, (Date.parse(record.time) - outcome.began) / 1000))
    checks.push(...judgeRestart({ ...outcome.restart, actions }, initialReplicas, cooldownSeconds))
  }
  const closed = checks.every((c) => c.ok)
  console.log(`\n${summary(outcome.story, verdict, checks)}`)
  const again = outcome.restart === undefined ? 'The same decisions again, from the recording' : 'What a daemon decides on the same traces that nobody kills'
  console.log(`Left in ${here(out)}: traces.binpb (OTLP), decisions.jsonl, scaled.yaml, logs. ${again}:`)
  console.log(`  ${relative(root, process.cwd()) === '' ? '' : `cd ${root} && `}npx scalec ${replay.join(' ')}`)
  console.log(closed ? '\nThe loop closed.' : '\nThe loop did not close: see MISSING above.')
  return closed ? 0 : 1
}

function readOptions(): { readonly killDaemon: boolean; readonly out: string | undefined } {
  try {
    const { values } = parseArgs({ options: { 'kill-daemon': { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean' } } })
    if (values.help === true) {
      console.log(help)
      process.exit(0)
    }
    return { killDaemon: values['kill-daemon'] === true, out: values.out }
  } catch (error) {
    console.error(`demo: ${(error as Error).message}\n\n${help}`)
    process.exit(2)
  }
}
