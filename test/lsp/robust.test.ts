import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  CancellationTokenSource,
  createProtocolConnection,
  DocumentDiagnosticRequest,
  DocumentSymbolRequest,
  InitializeRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node'
import { type Client, startClient } from './client.ts'

let client: Client | undefined
afterEach(async () => {
  await client?.stop()
  client = undefined
})

describe('row: malformed requests', () => {
  it('are answered by an error, and the server lives on', async () => {
    const started = await startClient({ 'a.scale': 'let a = 1\n' })
    client = started
    const { connection } = started
    await started.open('a.scale')
    const methods = ['textDocument/definition', 'textDocument/rename', 'textDocument/diagnostic', 'textDocument/codeAction', 'scale/runTest', 'no/such']
    for (const method of methods)
      for (const params of [{}, { textDocument: 3 }, null])
        await connection.sendRequest(method, params).then(
          (answer) => expect(answer).toHaveProperty('problem'),
          (error) => expect(error.message).not.toBe(''),
        )
    await connection.sendNotification('textDocument/didChange', { textDocument: { uri: 'file:///nowhere.scale', version: 1 }, contentChanges: [{ text: '' }] })
    await connection.sendNotification('textDocument/didOpen', {})
    await connection.sendNotification('$/unknown', {})
    expect(await connection.sendRequest(DocumentSymbolRequest.type, { textDocument: { uri: started.uri('a.scale') } })).toMatchObject([{ name: 'a' }])
  })

  it('says nothing of documents that it does not know', async () => {
    client = await startClient({ 'a.scale': 'let a = 1\n' })
    const textDocument = { uri: 'file:///nowhere/x.scale' }
    expect(await client.connection.sendRequest(DocumentSymbolRequest.type, { textDocument })).toBeNull()
    expect(await client.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument })).toEqual({ kind: 'full', items: [] })
  })
})

/** Whose check takes long enough for something to come in between. */
const manyRules = Array.from({ length: 2000 }, (_, i) => `r${i}: scale deployment/d${i} +1 when span(s${i}).p99 > 400ms 5 times in 60s`).join('\n')

describe('row: cancellation', () => {
  it('of what waits for a check gives it up', async () => {
    client = await startClient({ 'a.scale': manyRules }, { capabilities: { textDocument: { diagnostic: {} } } })
    await client.open('a.scale')
    const source = new CancellationTokenSource()
    const asked = client.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: client.uri('a.scale') } }, source.token)
    source.cancel()
    await expect(asked).rejects.toMatchObject({ code: -32800 })
  })

  it('of an older text: what is asked before an edit is not answered with places of another text', async () => {
    client = await startClient({ 'a.scale': '' })
    await client.open('a.scale', manyRules)
    const asked = client.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: client.uri('a.scale') } })
    await client.change('a.scale', { text: 'let b = 1\n' })
    await expect(asked).rejects.toMatchObject({ code: -32801 })
  })
})

describe('row: standard input and output, or a socket', () => {
  it('connects to a client that listens, and ends when it is gone', async () => {
    const listener = createServer()
    const answered = new Promise<string | undefined>((done, failed) =>
      listener.once('connection', (socket) => {
        const connection = createProtocolConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket))
        connection.listen()
        connection
          .sendRequest(InitializeRequest.type, { processId: null, rootUri: null, capabilities: {} })
          .then(({ serverInfo }) => {
            done(serverInfo?.name)
            socket.destroy()
          })
          .catch(failed)
      }),
    )
    await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready))
    const { port } = listener.address() as { port: number }
    const server = spawn(process.execPath, ['dist/scalec.js', 'lsp', '--socket', String(port)], { stdio: ['ignore', 'ignore', 'inherit'] })
    const ended = new Promise<void>((done) => server.once('exit', () => done()))
    expect(await answered).toBe('scale')
    listener.close()
    await ended
  })

  it('ends when standard input does', async () => {
    const server = spawn(process.execPath, ['dist/scalec.js', 'lsp', '--stdio'], { stdio: ['pipe', 'ignore', 'inherit'] })
    const ended = new Promise<void>((done) => server.once('exit', () => done()))
    server.stdin?.end()
    await ended
  })
})
