/** Writing with no more than a recording's catalog, which has services and no workloads. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CompletionList, CompletionRequest } from 'vscode-languageserver-protocol/node'
import { type Client, marked, startClient } from '../client.ts'
import { shop } from '../shop.ts'

let client: Client
beforeAll(async () => {
  client = await startClient({
    'scale.json': '{ "rules": ["*.scale"], "catalog": "catalog.json" }',
    'catalog.json': JSON.stringify({ ...shop, workloads: [] }),
    'a.scale': '',
  })
  await client.open('a.scale')
})
afterAll(() => client.stop())

async function offered(text: string): Promise<readonly string[]> {
  const { text: plain, position } = marked(text)
  await client.change('a.scale', { text: plain })
  const list = await client.connection.sendRequest(CompletionRequest.type, { textDocument: { uri: client.uri('a.scale') }, position })
  return (list as CompletionList).items.map(({ label }) => label)
}

describe('workloads that no catalog knows', () => {
  it('are named like the services', async () => {
    expect(await offered('scale |')).toEqual([
      ...['deployment/adservice', 'deployment/cartservice', 'deployment/frontend', 'deployment/redis', 'deployment/scale'],
      ...['deployment/', 'statefulset/'],
    ])
    expect(await offered('scale cart|')).toEqual(['deployment/cartservice'])
    expect(await offered('target deployment/|')).toContain('deployment/frontend')
  })

  it('have the kind that is written', async () => {
    expect(await offered('scale statefulset/re|')).toEqual(['statefulset/redis'])
    expect(await offered('scale process:|')).toContain('process:cartservice')
  })

  it('are behind those that the rules name, and none of these twice', async () => {
    const rest = '\ntarget deployment/frontend { between 1 and 4 }'
    expect(await offered(`scale |${rest}`)).toEqual([
      ...['deployment/frontend', 'deployment/adservice', 'deployment/cartservice', 'deployment/redis', 'deployment/scale'],
      ...['deployment/', 'statefulset/'],
    ])
    expect(await offered(`target |${rest}`)).not.toContain('deployment/frontend')
  })
})
