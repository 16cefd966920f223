import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect, isError } from '../../../src/orchestrators/index.ts'

/** Answers with what it was authorised with. */
const server = createServer(({ headers }, response) => response.end(JSON.stringify({ authorization: headers.authorization ?? 'nothing' })))
let dir: string
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'token-file-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  rmSync(dir, { recursive: true })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** Everything in it is called as it is. */
function kubeconfig(name: string, user: object): string {
  const path = join(dir, name)
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const parts = {
    clusters: [{ name, cluster: { server: at } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user }],
  }
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': name, ...parts }))
  return path
}

async function asking(path?: string): Promise<() => Promise<unknown>> {
  const api = await connect(path === undefined ? {} : { kubeconfig: path })
  if (isError(api)) throw new Error(api.message)
  return async () => {
    const answer = await api.call('GET', '/')
    return isError(answer) ? answer.message : (answer.body as { authorization: string }).authorization
  }
}

const token = (text: string): void => writeFileSync(join(dir, 'token'), text)

describe('a token in a file', () => {
  it('is read for each request, beside the kubeconfig that names it', async () => {
    token('one\n')
    const ask = await asking(kubeconfig('config', { tokenFile: 'token' }))
    expect(await ask()).toBe('Bearer one')
    token('two\n')
    expect(await ask()).toBe('Bearer two')
  })

  it('that is away for a moment makes a request fail, and the next one is well', async () => {
    const ask = await asking(kubeconfig('config', { tokenFile: 'token' }))
    expect(await ask()).toContain('no such file')
    token('one')
    expect(await ask()).toBe('Bearer one')
  })

  it('is found where KUBECONFIG names several files', async () => {
    token('one')
    // Of several current contexts client-node takes the last.
    vi.stubEnv('KUBECONFIG', `${kubeconfig('first', { token: 'own' })}:${kubeconfig('second', { tokenFile: 'token' })}`)
    const ask = await asking()
    vi.unstubAllEnvs()
    expect(await ask()).toBe('Bearer one')
  })

  it('is not asked for where the kubeconfig has the token itself', async () => {
    const ask = await asking(kubeconfig('config', { token: 'own' }))
    expect(await ask()).toBe('Bearer own')
  })
})
