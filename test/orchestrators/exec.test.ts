/** With small scripts of the shell that keep their number in a file, as anything else would. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ExecOptions, exec, type OrchestrationClient } from '../../src/orchestrators/index.ts'
import { behavesAsClient, expectState, request } from './suite.ts'

const read = 'test -f "$1/$2" || { echo "no pool $2" >&2; exit 4; }; cat "$1/$2"'
const write = 'echo "$3" > "$1/$2"; echo "$3 $4" >> "$1/log"'

function open(more: Partial<ExecOptions> = {}): { client: OrchestrationClient; folder: string; changes: () => number; close: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'scale-exec-'))
  writeFileSync(join(folder, 'api'), '2\n')
  writeFileSync(join(folder, 'log'), '')
  const client = exec({
    get: ['sh', '-c', read, 'get', folder, '{name}'],
    set: ['sh', '-c', write, 'set', folder, '{name}', '{replicas}', '{reason}'],
    ...more,
  })
  return {
    client,
    folder,
    changes: () => readFileSync(join(folder, 'log'), 'utf8').split('\n').length - 1,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

const api = { orchestrator: 'exec', name: 'api' }

behavesAsClient('the exec client', async () => {
  const { client, folder, changes, close } = open()
  return {
    client,
    workload: api,
    missing: { orchestrator: 'exec', name: 'nothing' },
    changes,
    changeOutside: async (replicas) => writeFileSync(join(folder, 'api'), String(replicas)),
    close,
  }
})

describe('commands that scale', () => {
  function opened(more: Partial<ExecOptions> = {}) {
    const all = open(more)
    onTestFinished(all.close)
    return all
  }
  const printing = (text: string): Partial<ExecOptions> => ({ get: ['printf', '%s', text] })

  it('print a number, two, or JSON', async () => {
    expect(await opened(printing('3')).client.get(api)).toEqual({ desired: 3, ready: 3, version: '3' })
    expect(await opened(printing('3 1\n')).client.get(api)).toEqual({ desired: 3, ready: 1, version: '3' })
    const said = { desired: 3, ready: 2, version: 'r7', blocked: 'a rollout is in progress' }
    expect(await opened(printing(JSON.stringify(said))).client.get(api)).toEqual({ ...said, version: 'r7:3' })
  })

  it('that print anything else say nothing, and certainly not 0', async () => {
    for (const text of ['', 'three', '-1', '3.5', '{"desired": "3"}', '{"ready": 3}', '[3]', 'null'])
      expect(await opened(printing(text)).client.get(api), text).toMatchObject({ error: 'transient', message: expect.stringContaining('expected DESIRED') })
  })

  it('get what they need as arguments, never through a shell', async () => {
    const { folder } = opened()
    const said = join(folder, 'said')
    const own = exec({
      get: ['cat', join(folder, 'api')],
      set: [
        'sh',
        '-c',
        'printf "%s|%s|%s" "$1" "$SCALE_FROM" "$SCALE_REASON" > "$2"; echo 3 > "$3"',
        'set',
        '{name} {replicas} {other}',
        said,
        join(folder, 'api'),
      ],
    })
    const { version } = expectState(await own.get(api))
    await own.set(api, { ...request(3, version, 'a'), reason: '$(touch x); `id`' })
    expect(readFileSync(said, 'utf8')).toBe('api 3 {other}|2|$(touch x); `id`')
  })

  it('end with a code that means something, or hang, or are not there', async () => {
    const ending = (code: number) => opened({ get: ['sh', '-c', `echo why >&2; exit ${code}`] }).client.get(api)
    expect(await ending(3)).toEqual({ error: 'conflict', message: 'exec:api: sh failed: it ended with 3: why. It moved on: plan again.' })
    expect(await ending(4)).toMatchObject({ error: 'not-found' })
    expect(await ending(5)).toMatchObject({ error: 'forbidden' })
    expect(await ending(1)).toMatchObject({ error: 'transient' })
    expect(await opened({ get: ['sleep', '60'], timeoutMs: 50 }).client.get(api)).toMatchObject({
      message: 'exec:api: sleep failed: it took longer than 50 ms.',
    })
    expect(await opened({ get: ['no-such-program-anywhere'] }).client.get(api)).toMatchObject({ error: 'transient' })
  })
})
