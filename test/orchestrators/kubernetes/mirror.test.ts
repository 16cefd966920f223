/** A copy that a list and a watch keep, against a scripted API: in step, or it says that it is not. */
import { describe, expect, it } from 'vitest'
import type { ApiResponse, KubernetesApi } from '../../../src/orchestrators/kubernetes/api.ts'
import { createMirror, type Identified } from '../../../src/orchestrators/kubernetes/mirror.ts'

const pod = (name: string, version: string): Identified => ({ metadata: { name, resourceVersion: version } })

/** Every list and every watch waits until the test answers it. */
function scripted() {
  const lists: { path: string; answer(response: ApiResponse): void }[] = []
  const watches: { path: string; open(): void; send(event: object): void; end(response: ApiResponse): void; readonly aborted: boolean }[] = []
  const api: KubernetesApi = {
    namespace: 'shop',
    timeoutMs: 5000,
    call: (_, path) => new Promise((resolve) => lists.push({ path, answer: resolve })),
    lines: (path, signal, _quiet, opened, line) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ status: 200, body: undefined }))
        watches.push({
          path,
          open: opened,
          send: (event) => line(JSON.stringify(event)),
          end: resolve,
          get aborted() {
            return signal.aborted
          },
        })
      }),
    close: async () => {},
  }
  return { api, lists, watches }
}

const listed = (version: string, ...items: readonly Identified[]): ApiResponse => ({ status: 200, body: { metadata: { resourceVersion: version }, items } })
const ended: ApiResponse = { status: 200, body: undefined }
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

function open(waited: number[] = []) {
  const script = scripted()
  const mirror = createMirror<Identified>(script.api, '/api/v1/namespaces/shop/pods', {
    keep: (object: Identified) => object,
    query: 'fieldSelector=x',
    wait: async (milliseconds) => void waited.push(milliseconds),
  })
  return { ...script, mirror, names: () => [...mirror.all()].map(({ metadata }) => metadata.name).sort() }
}

describe('a copy', () => {
  it('is in step while its watch is open, and follows what comes, changes and goes', async () => {
    const { lists, watches, mirror, names } = open()
    const told: (string | undefined)[] = []
    mirror.onChange((name) => told.push(name))
    expect(lists[0]?.path).toBe('/api/v1/namespaces/shop/pods?limit=500&fieldSelector=x')
    lists[0]?.answer(listed('10', pod('a', '9')))
    await settle()
    expect([mirror.inStep, names()]).toEqual([false, ['a']])
    watches[0]?.open()
    watches[0]?.send({ type: 'ADDED', object: pod('b', '11') })
    watches[0]?.send({ type: 'DELETED', object: pod('a', '12') })
    expect([mirror.inStep, names(), told]).toEqual([true, ['b'], [undefined, 'b', 'a']])
  })

  it('goes on from where it was when a watch ends, bookmarks included, and is not in step meanwhile', async () => {
    const { lists, watches, mirror, names } = open()
    lists[0]?.answer(listed('10', pod('a', '9')))
    await settle()
    watches[0]?.open()
    watches[0]?.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '99' } } })
    watches[0]?.end(ended)
    await settle()
    expect([mirror.inStep, names(), lists.length]).toEqual([false, ['a'], 1])
    expect(watches[1]?.path).toContain('resourceVersion=99')
    watches[1]?.open()
    expect(mirror.inStep).toBe(true)
  })

  it('lists anew at once when what came in between is forgotten', async () => {
    const waited: number[] = []
    const { lists, watches, names } = open(waited)
    lists[0]?.answer(listed('10', pod('a', '9'), pod('b', '9')))
    await settle()
    watches[0]?.open()
    watches[0]?.send({ type: 'ERROR', object: { code: 410, metadata: { name: '' } } })
    watches[0]?.end(ended)
    await settle()
    lists[1]?.answer(listed('500', pod('b', '400')))
    await settle()
    expect([waited, names(), watches.length]).toEqual([[0], ['b'], 2])
  })

  it('waits longer each time while the API server does not answer, and long where it may not list', async () => {
    const waited: number[] = []
    const { lists } = open(waited)
    for (const status of [500, 500, 503, 403]) {
      lists.at(-1)?.answer({ status, body: {} })
      await settle()
    }
    expect(waited).toEqual([500, 1000, 2000, 300_000])
  })

  it('is closed when the last of those who listen to it goes', async () => {
    const { lists, watches, mirror } = open()
    const ends = [mirror.onChange(() => {}), mirror.onChange(() => {})]
    lists[0]?.answer(listed('10'))
    await settle()
    ends[0]?.()
    expect(watches[0]?.aborted).toBe(false)
    ends[1]?.()
    expect(watches[0]?.aborted).toBe(true)
    await settle()
    expect([mirror.inStep, watches.length]).toEqual([false, 1])
  })
})
