import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findByEnvironment, identityOf } from '../../../src/orchestrators/process/identity.ts'

describe('the identity of a process', () => {
  it('stays the same, and is no other process’s', async () => {
    const child = spawn('sleep', ['600'])
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'spawn')
    const own = identityOf(process.pid)
    expect(own).toBeDefined()
    expect(identityOf(process.pid)).toBe(own)
    expect(identityOf(child.pid as number)).not.toBe(own)
  })

  it('ends with the process', async () => {
    const child = spawn('true')
    await once(child, 'exit')
    expect(identityOf(child.pid as number)).toBeUndefined()
  })

  it('is read past a program’s name with spaces and parentheses', async () => {
    // The kernel takes the name from the thread's title.
    const script = 'console.log("up"); process.stdin.once("data", () => { process.title = ") R 1 ("; console.log("renamed") })'
    const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    const before = identityOf(child.pid as number)
    child.stdin.write('rename')
    await once(child.stdout, 'data')
    expect(identityOf(child.pid as number)).toBe(before)
  })
})

describe.runIf(process.platform === 'linux')('finding processes by their environment', () => {
  it('finds the leader of a group, and not what it started', async () => {
    const name = 'SCALE_TEST_MARK'
    const value = `mark-${process.pid}-${Date.now()}`
    const child = spawn('sh', ['-c', 'sleep 600 & echo started; wait'], {
      detached: true,
      env: { ...process.env, [name]: value },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void process.kill(-(child.pid as number), 'SIGKILL'))
    await once(child.stdout, 'data')
    expect(findByEnvironment(name).filter((p) => p.value === value)).toEqual([{ pid: child.pid, value }])
    expect(findByEnvironment(`${name}_OTHER`)).toEqual([])
  })
})
