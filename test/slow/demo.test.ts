/** `npm run demo` as a process, from its output and what it leaves behind. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { scaleDecisions } from '../../examples/boutique/demo/replay.ts'

const root = resolve(import.meta.dirname, '../..')
const demo = join(root, 'examples/boutique/demo.ts')
let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'demo-'))
})
afterEach(() => rmSync(out, { recursive: true }))

/** Runs the demo to its end; `at` is called once, when its output matches. */
async function run(args: readonly string[] = [], at?: { readonly output: RegExp; readonly call: (demo: ChildProcess) => void }) {
  const child = spawn(process.execPath, [demo, '--out', out, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGTERM'))
  let text = ''
  let called = false
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (called || at === undefined || !at.output.test(text)) return
      called = true
      at.call(child)
    })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, text }
}

/** Processes that still have this run's folder in their command line or environment. */
async function leftovers(): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['axewwo', 'pid,command'], { maxBuffer: 2 ** 26 })
  return stdout
    .split('\n')
    .filter((line) => line.includes(out) && !line.includes('ps axewwo'))
    .join('\n')
}

describe('the demo', () => {
  it('closes the loop, leaves a recording that replays to the same decisions, and nothing running', async () => {
    const { code, text } = await run()
    expect(text).toContain('The loop closed.')
    expect(code).toBe(0)
    expect(text).not.toContain('MISSING')
    const line = /npx scalec (replay .*)$/m.exec(text)?.[1]
    expect(line).toBeDefined()
    const again = join(out, 'again.jsonl')
    await promisify(execFile)(process.execPath, [join(root, 'dist/scalec.js'), ...(line ?? '').split(' '), '--decisions', again], { cwd: root })
    const essence = (file: string): string[] => scaleDecisions(file).map((d) => `${d.time} ${d.reason} ${d.from} ${d.to}`)
    expect(essence(again)).toEqual(essence(join(out, 'decisions.jsonl')))
    expect(essence(again).length).toBeGreaterThanOrEqual(2)
    expect(await leftovers()).toBe('')
  })

  it('does nothing twice when the daemon is killed in the middle of the surge', async () => {
    const { code, text } = await run(['--kill-daemon'])
    expect(text).toContain('The loop closed.')
    expect(code).toBe(0)
    for (const check of ['adopted, not started anew', 'no action was applied twice', 'the cooldown of 8 s was respected'])
      expect(text).toMatch(new RegExp(`^ {2}ok .*${check}`, 'm'))
    expect(await leftovers()).toBe('')
  })

  it('stops everything on Ctrl-C', async () => {
    const { code, text } = await run([], { output: /replicas 2/, call: (child) => child.kill('SIGINT') })
    expect(code).toBe(130)
    expect(text).toContain('Interrupted; everything that was started is stopped.')
    expect(await leftovers()).toBe('')
    expect(existsSync(join(out, 'traces.binpb'))).toBe(true)
  })

  it('ends with a reason when one of its processes does, and stops the others', async () => {
    const log = join(out, 'logs/catalog.log')
    const killCatalog = (): void => {
      process.kill(Number(/pid (\d+)/.exec(readFileSync(log, 'utf8'))?.[1]), 'SIGKILL')
    }
    const { code, text } = await run([], { output: /replicas 2/, call: killCatalog })
    expect(code).toBe(2)
    expect(text).toMatch(`\ndemo: catalog has ended unexpectedly: see ${log}\n`)
    expect(await leftovers()).toBe('')
  })

  it('says in one line what is wrong with its options', async () => {
    const { code, text } = await run(['--kil-daemon'])
    expect(code).toBe(2)
    expect(text.split('\n')[0]).toMatch(/^demo: Unknown option '--kil-daemon'/)
    writeFileSync(join(out, 'something'), '')
    expect(await run()).toEqual({ code: 2, text: `demo: --out ${out}: is not empty\n` })
  })
})
