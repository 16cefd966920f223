/** What becomes of the replicas when the process that supervises them goes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type PoolEvent, type ProcessPoolOptions, processPool } from '../../../src/orchestrators/index.ts'
import { findByEnvironment } from '../../../src/orchestrators/process/identity.ts'
import { marker } from '../../../src/orchestrators/process/replica.ts'
import { expectState, request } from '../suite.ts'
import { Events, endpointsIn, gone, isAlive, openPool, temporaryDir, workerPool } from './support.ts'

const worker = { orchestrator: 'process', name: 'worker' }
const hostScript = new URL('host.ts', import.meta.url).pathname

/** A pool in a process of its own, which can be killed. */
function host(options: ProcessPoolOptions): { readonly process: ChildProcess; readonly events: Events } {
  const child = spawn(process.execPath, [hostScript, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const events = new Events()
  createInterface({ input: child.stdout as Readable }).on('line', (line) => events.push(JSON.parse(line)))
  return { process: child, events }
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

describe('a process pool whose supervisor was killed', () => {
  it('goes on serving, and the next supervisor adopts the same processes', async () => {
    const options = { stateDir: temporaryDir(), pools: [await workerPool()] }
    const first = host(options)
    await first.events.until('ready', 2)
    const before = endpointsIn(options.stateDir)
    await kill(first.process)
    expect(before.every((e) => isAlive(e.pid))).toBe(true)
    expect((await fetch(`http://127.0.0.1:${before[0]?.port}/`)).status).toBe(200)

    const events = new Events()
    const lists: unknown[] = []
    const onEvent = (event: PoolEvent): void => {
      lists.push(endpointsIn(options.stateDir))
      events.push(event)
    }
    const second = await openPool({ ...options, onEvent })
    // Callers lose no replica, not even while they are taken over one by one.
    expect(second.endpoints('worker')).toEqual(before)
    expect(lists).toEqual(Array(4).fill(before))
    expect(events.all.map((e) => e.event).toSorted()).toEqual(['adopted', 'adopted', 'ready', 'ready'])

    // An adopted replica is watched like any other.
    process.kill(before[1]?.pid as number, 'SIGKILL')
    expect(await events.until('failed')).toMatchObject({ slot: 1, message: expect.stringContaining('ended') })
    await events.until('ready', 3)
    await second.close()
    for (const endpoint of before) await gone(endpoint.pid)
    expect(endpointsIn(options.stateDir)).toEqual([])
  })

  it('does not apply a decision again that the killed one had applied', async () => {
    const options = { stateDir: temporaryDir(), pools: [await workerPool()] }
    const first = await openPool({ ...options, onExit: 'leave' })
    const before = expectState(await first.get(worker))
    await first.set(worker, request(4, before.version, 'surge'))
    await first.close()

    const second = await openPool(options)
    const again = expectState(await second.set(worker, request(4, before.version, 'surge')))
    expect(again).toMatchObject({ desired: 4, version: '2' })
    expect(await second.set(worker, request(3, before.version, 'another'))).toMatchObject({ error: 'conflict' })
  })

  it('adopts a replica whose number was never written down', async () => {
    const options = { stateDir: temporaryDir(), pools: [await workerPool({ replicas: 1 })] }
    const first = host(options)
    const { pid } = await first.events.until('ready')
    await kill(first.process)
    rmSync(join(options.stateDir, 'worker/state.json'))
    const events = new Events()
    await openPool({ ...options, onEvent: events.push })
    expect(await events.until('ready')).toMatchObject({ pid })
    expect(events.all.some((e) => e.event === 'started')).toBe(false)
  })

  it('replaces adopted replicas that were started by another configuration', async () => {
    const config = await workerPool({ replicas: 1 })
    const stateDir = temporaryDir()
    const first = host({ stateDir, pools: [config] })
    const { pid } = await first.events.until('ready')
    await kill(first.process)
    const events = new Events()
    await openPool({ stateDir, pools: [{ ...config, env: { EDITION: '2' } }], onEvent: events.push })
    await events.until('ready')
    expect(events.all.map((e) => e.event)).toEqual(['adopted', 'stopping', 'exited', 'started', 'ready'])
    expect(isAlive(pid as number)).toBe(false)
  })

  it('finishes a scale-down that the killed one had begun', async () => {
    const config = await workerPool({ replicas: 3, drainMs: 60_000 })
    const stateDir = temporaryDir()
    const events = new Events()
    const first = await openPool({ stateDir, pools: [config], onExit: 'leave', onEvent: events.push })
    await events.until('ready', 3)
    await first.set(worker, request(2, '1', 'down'))
    await first.close()
    const later = new Events()
    await openPool({ stateDir, pools: [{ ...config, drainMs: 0 }], onEvent: later.push })
    expect(await later.until('exited')).toMatchObject({ slot: 2 })
    await later.until('ready', 2)
    expect(endpointsIn(stateDir).map((e) => e.slot)).toEqual([0, 1])
  })
})

describe('a process pool whose supervisor is killed at any moment', () => {
  /** From 1 to 3 and then to 2; killed as soon as it has told of the event. */
  const moments: [PoolEvent['event'], number][] = [
    ['started', 1],
    ['ready', 1],
    ['started', 2],
    ['started', 3],
    ['ready', 2],
    ['draining', 1],
    ['stopping', 1],
    ['exited', 1],
  ]
  it.each(moments)('has as many processes as it should afterwards, and lists just them: %s %i', async (event, count) => {
    const config = { name: 'worker', command: 'sleep', args: ['600'], replicas: 1, drainMs: 50, probeMs: 10 }
    const options = { stateDir: temporaryDir(), pools: [config] }
    const { process: child, events } = host(options)
    const killed = events.until(event, count).then(() => kill(child))
    void events.until('ready', 1).then(() => child.send(request(3, '1', 'up'), () => {}))
    void events.until('ready', 3).then(() => child.send(request(2, '2', 'down'), () => {}))
    await killed

    const later = new Events()
    const pool = await openPool({ ...options, onEvent: later.push })
    const { desired } = expectState(await pool.get(worker))
    for (let n = 1; expectState(await pool.get(worker)).ready < desired; n++) await later.until('ready', n)
    // What is over ends: a scale-down that was under way, a replica of a slot that is not wanted.
    const living = () => findByEnvironment(marker).filter(({ value }) => value.startsWith(`${options.stateDir}/worker|`))
    for (let n = 1; living().length > desired; n++) await later.until('exited', n)
    expect(
      living()
        .map((p) => p.pid)
        .toSorted(),
    ).toEqual(
      endpointsIn(options.stateDir)
        .map((e) => e.pid)
        .toSorted(),
    )
    expect(endpointsIn(options.stateDir).map((e) => e.slot)).toEqual(Array.from({ length: desired }, (_, slot) => slot))
  })
})

describe('the state folder of a process pool', () => {
  it('belongs to one living process', async () => {
    const options = { stateDir: temporaryDir(), pools: [await workerPool({ replicas: 0 })] }
    const first = await openPool(options)
    expect(await processPool(options)).toEqual({
      error: 'blocked',
      message: `${options.stateDir} is in use by process ${process.pid}: stop it, or choose another folder for the state.`,
    })
    await first.close()
    await openPool(options)
  })

  it('is given back on an orderly end, with the replicas stopped or left as configured', async () => {
    for (const onExit of ['stop', 'leave'] as const) {
      const options = { stateDir: temporaryDir(), pools: [await workerPool({ replicas: 1 })], onExit }
      const { process: child, events } = host(options)
      const { pid } = await events.until('ready')
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      expect(await exit).toEqual([0, null])
      expect(existsSync(join(options.stateDir, 'lock'))).toBe(false)
      expect(isAlive(pid as number)).toBe(onExit === 'leave')
      // The left one is taken over and stopped.
      await (await openPool({ ...options, onExit: 'stop' })).close()
      await gone(pid as number)
    }
  })

  it('remembers the number of replicas rather than the configured one', async () => {
    const options = { stateDir: temporaryDir(), pools: [await workerPool({ replicas: 1 })] }
    const first = await openPool(options)
    await first.set(worker, request(3, '1', 'up'))
    await first.close()
    expect(JSON.parse(readFileSync(join(options.stateDir, 'worker/state.json'), 'utf8'))).toEqual({ desired: 3, version: 2, lastId: 'up', replicas: [] })
    expect(expectState(await (await openPool(options)).get(worker))).toMatchObject({ desired: 3, version: '2' })
  })
})
