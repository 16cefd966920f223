import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { processPool } from '../../../src/orchestrators/index.ts'
import { behavesAsClient, expectState, request, setAsAnother } from '../suite.ts'
import { Events, endpointsIn, firstLine, gone, isAlive, openPool, temporaryDir, workerPool } from './support.ts'

const worker = { orchestrator: 'process', name: 'worker' }

behavesAsClient('the process pool', async () => {
  const stateDir = temporaryDir()
  const client = await openPool({ stateDir, pools: [await workerPool()] })
  const { version } = expectState(await client.get(worker))
  return {
    client,
    workload: worker,
    missing: { orchestrator: 'process', name: 'nothing' },
    changes: () => JSON.parse(readFileSync(join(stateDir, 'worker/state.json'), 'utf8')).version - Number(version),
    changeOutside: (replicas) => setAsAnother(client, worker, replicas),
    close: async () => {},
  }
})

describe('a process pool', () => {
  it('starts its replicas and lists those that answer', async () => {
    const stateDir = temporaryDir()
    const events = new Events()
    const config = await workerPool({ ready: { kind: 'http', path: '/healthz' }, env: { HEALTH: '/healthz' } })
    const pool = await openPool({ stateDir, pools: [config], onEvent: events.push })
    expect(endpointsIn(stateDir)).toEqual([])
    expect(expectState(await pool.get(worker))).toMatchObject({ desired: 2, ready: 0 })
    await events.until('ready', 2)
    const from = config.ports?.from ?? 0
    const pids = events.all.filter((e) => e.event === 'started').map((e) => e.pid)
    expect(endpointsIn(stateDir)).toEqual([
      { slot: 0, host: '127.0.0.1', port: from, pid: pids[0] },
      { slot: 1, host: '127.0.0.1', port: from + 1, pid: pids[1] },
    ])
    expect(pool.endpoints('worker')).toEqual(endpointsIn(stateDir))
    expect(expectState(await pool.get(worker))).toMatchObject({ desired: 2, ready: 2 })
    const answer = await fetch(`http://127.0.0.1:${from + 1}/`)
    expect(await answer.text()).toBe(String(pids[1]))
    expect(readFileSync(join(stateDir, 'worker/1.log'), 'utf8')).toBe('slot 1 started\n')
  })

  it('starts a replica again that was killed', async () => {
    const stateDir = temporaryDir()
    const events = new Events()
    const pool = await openPool({ stateDir, pools: [await workerPool()], onEvent: events.push })
    await events.until('ready', 2)
    const victim = pool.endpoints('worker')?.[0]?.pid as number
    process.kill(victim, 'SIGKILL')
    const failed = await events.until('failed')
    expect(failed).toMatchObject({ slot: 0, pid: victim, message: 'was ended by SIGKILL; starts again in 10 ms' })
    expect(endpointsIn(stateDir).map((e) => e.slot)).toEqual([1])
    expect(expectState(await pool.get(worker))).toMatchObject({
      desired: 2,
      ready: 1,
      note: `Replica 0 was ended by SIGKILL: see ${stateDir}/worker/0.log.`,
    })
    await events.until('ready', 3)
    expect(endpointsIn(stateDir).map((e) => e.slot)).toEqual([0, 1])
    expect(pool.endpoints('worker')?.[0]?.pid).not.toBe(victim)
    expect(expectState(await pool.get(worker)).note).toBeUndefined()
  })

  it('waits longer and longer before it starts a replica again that keeps dying', async () => {
    const events = new Events()
    await openPool({
      stateDir: temporaryDir(),
      pools: [await workerPool({ replicas: 1, env: { CRASH: '3' }, restart: { initialMs: 5, maxMs: 15 } })],
      onEvent: events.push,
    })
    await events.until('failed', 4)
    const delays = events.all.filter((e) => e.event === 'failed').map((e) => e.message)
    expect(delays).toEqual([5, 10, 15, 15].map((ms) => `exited with code 3; starts again in ${ms} ms`))
  })

  it('says why a command cannot be started', async () => {
    const events = new Events()
    const pool = await openPool({
      stateDir: temporaryDir(),
      pools: [await workerPool({ replicas: 1, command: '/no/such/program', restart: { initialMs: 60_000 } })],
      onEvent: events.push,
    })
    expect((await events.until('failed')).message).toContain('could not be started: spawn /no/such/program ENOENT')
    expect(expectState(await pool.get(worker))).toMatchObject({ ready: 0, note: expect.stringContaining('/no/such/program') })
  })

  it('does not take another server on its port for a replica', async () => {
    const config = await workerPool({ replicas: 1 })
    const port = config.ports?.from as number
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const events = new Events()
    const stateDir = temporaryDir()
    await openPool({ stateDir, pools: [config], onEvent: events.push })
    expect((await events.until('failed')).message).toContain(`could not be started: port ${port} is in use by another process`)
    expect(endpointsIn(stateDir)).toEqual([])
    squatter.close()
    await events.until('ready')
    expect(endpointsIn(stateDir)).toHaveLength(1)
  })

  it('takes the highest replicas off the list before it ends them, and keeps the others', async () => {
    const stateDir = temporaryDir()
    const events = new Events()
    const pool = await openPool({ stateDir, pools: [await workerPool({ replicas: 3 })], onEvent: events.push })
    await events.until('ready', 3)
    const before = endpointsIn(stateDir)
    const after = expectState(await pool.set(worker, request(1, expectState(await pool.get(worker)).version, 'down')))
    expect(after).toMatchObject({ desired: 1, ready: 1 })
    expect(endpointsIn(stateDir)).toEqual(before.slice(0, 1))
    expect(before.every((e) => isAlive(e.pid))).toBe(true)
    await events.until('exited', 2)
    const ofSlot = (slot: number) => events.all.filter((e) => e.slot === slot).map((e) => e.event)
    expect(ofSlot(2)).toEqual(['started', 'ready', 'draining', 'stopping', 'exited'])
    expect(ofSlot(0)).toEqual(['started', 'ready'])
    expect(before.map((e) => isAlive(e.pid))).toEqual([true, false, false])
  })

  it('keeps a draining replica that is wanted again', async () => {
    const stateDir = temporaryDir()
    const events = new Events()
    const pool = await openPool({ stateDir, pools: [await workerPool({ drainMs: 60_000 })], onEvent: events.push })
    await events.until('ready', 2)
    const before = endpointsIn(stateDir)
    const { version } = expectState(await pool.set(worker, request(1, expectState(await pool.get(worker)).version, 'down')))
    await pool.set(worker, request(2, version, 'up'))
    await events.until('ready', 3)
    expect(endpointsIn(stateDir)).toEqual(before)
  })

  it('starts a slot anew that is wanted again while its replica is ending', async () => {
    const events = new Events()
    const pool = await openPool({ stateDir: temporaryDir(), pools: [await workerPool({ drainMs: 0 })], onEvent: events.push })
    await events.until('ready', 2)
    const { version } = expectState(await pool.set(worker, request(1, expectState(await pool.get(worker)).version, 'down')))
    await events.until('stopping')
    await pool.set(worker, request(2, version, 'up'))
    await events.until('ready', 3)
    expect(events.all.filter((e) => e.slot === 1).map((e) => e.event)).toEqual(['started', 'ready', 'draining', 'stopping', 'exited', 'started', 'ready'])
  })

  it('kills a replica that does not end in time', async () => {
    const events = new Events()
    const config = await workerPool({ replicas: 1, env: { STUBBORN: '1' }, graceMs: 50 })
    const pool = await openPool({ stateDir: temporaryDir(), pools: [config], onEvent: events.push })
    const { pid } = await events.until('ready')
    await pool.close()
    expect(events.all.map((e) => e.event)).toEqual(['started', 'ready', 'stopping', 'killed', 'exited'])
    expect(isAlive(pid as number)).toBe(false)
  })

  it('ends what a replica itself started', async () => {
    const events = new Events()
    const script = 'const c = require("child_process").spawn("sleep", ["600"]); console.log(c.pid); process.on("SIGTERM", () => process.exit(0))'
    const stateDir = temporaryDir()
    const { ports: _, ...config } = await workerPool({ replicas: 1, args: ['-e', script], ready: { kind: 'started', afterMs: 200 } })
    const pool = await openPool({ stateDir, pools: [config], onEvent: events.push })
    await events.until('ready')
    const grandchild = Number(await firstLine(join(stateDir, 'worker/0.log')))
    expect(isAlive(grandchild)).toBe(true)
    await pool.close()
    await gone(grandchild)
  })

  it('refuses a number outside of its bounds', async () => {
    const pool = await openPool({ stateDir: temporaryDir(), pools: [await workerPool({ min: 1 })] })
    const { version } = expectState(await pool.get(worker))
    for (const replicas of [0, 5])
      expect(await pool.set(worker, request(replicas, version, `to-${replicas}`))).toEqual({
        error: 'blocked',
        message: `process:worker may have 1 to 4 replicas, not ${replicas}: change the pool's bounds.`,
      })
    expect(expectState(await pool.get(worker))).toMatchObject({ desired: 2, version })
  })

  it('tells what is wrong with its configuration, by key', async () => {
    const ports = { from: 9000, count: 2 }
    const result = await processPool({
      stateDir: temporaryDir(),
      pools: [
        { name: 'a/b', command: 'true', replicas: 1 },
        { name: 'web', command: 'true', replicas: 3, min: 1, max: 2, ready: { kind: 'tcp' } },
        { name: 'api', command: 'true', replicas: 1, max: 4, ports },
        { name: 'api', command: 'true', replicas: 1, ports: { from: 9001, count: 1 } },
      ],
    })
    expect(result).toEqual({
      error: 'blocked',
      message: [
        'pools.a/b.name: must consist of letters, digits, ".", "_" and "-".',
        'pools.web.replicas: is 3, outside of 1 to 2.',
        'pools.web.ready: tcp needs ports.',
        'pools.api.ports: has 2 ports for up to 4 replicas.',
        'pools.api.name: is used twice.',
        'pools.api.ports: overlaps with the ports of api.',
      ].join(' '),
    })
  })

  it('refuses a state that it cannot read, instead of starting over', async () => {
    const stateDir = temporaryDir()
    const options = { stateDir, pools: [await workerPool()] }
    const first = await openPool(options)
    await first.close()
    writeFileSync(join(stateDir, 'worker/state.json'), '{"desired":')
    expect(await processPool(options)).toEqual({
      error: 'blocked',
      message: `${stateDir}/worker/state.json is not the state of a process pool: move it away to start anew.`,
    })
    // The refusal gave the lock back.
    writeFileSync(join(stateDir, 'worker/state.json'), '{"desired":1,"version":7,"replicas":[]}')
    const second = await openPool(options)
    expect(expectState(await second.get(worker))).toMatchObject({ desired: 1, version: '7' })
  })
})
