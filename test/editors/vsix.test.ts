/** The packed extension: its listing, and that its own server runs where there is nothing else. */
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProtocolConnection, InitializeRequest, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver-protocol/node'
import { pack } from '../../.ci/vsix.ts'
import { unzipped } from './zip.ts'

const folder = mkdtempSync(join(tmpdir(), 'scale-vsix-test-'))
let files: ReadonlyMap<string, Buffer>

beforeAll(async () => {
  const file = join(folder, 'scale.vsix')
  await pack(file)
  files = unzipped(readFileSync(file))
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const text = (path: string): string => files.get(`extension/${path}`)?.toString('utf8') ?? ''
/** Its own files; names that are hashes or of one kind only once. */
const listing = (): string[] => [
  ...new Set(
    [...files.keys()]
      .filter((path) => path.startsWith('extension/'))
      .map((path) =>
        path
          .slice('extension/'.length)
          .replace(/(chunks\/)[\w-]+(\.js)$/, '$1*$2')
          .replace(/SC\d{4}/, 'SC*'),
      ),
  ),
]

describe('the package', () => {
  it('has what the extension needs, and nothing else', () => {
    expect(listing().sort()).toEqual([
      'LICENSE.txt',
      'grammar/diagnostics/README.md',
      'grammar/diagnostics/SC*.md',
      'icons/file-dark.svg',
      'icons/file-light.svg',
      'icons/scale.png',
      'language-configuration.json',
      'out/extension.cjs',
      'package.json',
      'readme.md',
      'schemas/scale.schema.json',
      'server/chunks/*.js',
      'server/playground.worker.js',
      'server/playground/icon.svg',
      'server/playground/index.html',
      'server/playground/page.js',
      'server/playground/styles.css',
      'server/scalec.js',
      'server/scalec.main.js',
      'snippets/scale.json',
      'syntaxes/scale.tmLanguage.json',
    ])
  })

  it('is small', () => {
    const bytes = readFileSync(join(folder, 'scale.vsix')).length
    expect(bytes).toBeLessThan(2 * 1024 * 1024)
  })

  it('has every file that its manifest names, and the version of scalec', () => {
    const manifest = JSON.parse(text('package.json')) as {
      readonly version: string
      readonly main: string
      readonly icon: string
      readonly contributes: object
    }
    const named = [
      ...JSON.stringify([manifest.contributes, manifest.main, manifest.icon]).matchAll(/"(?:\.\/)?((?:[\w-]+\/)*[\w.-]+\.(?:json|svg|png|cjs))"/g),
    ].map(([, path]) => path as string)
    expect(named.length).toBeGreaterThanOrEqual(8)
    for (const path of named.filter((each) => each !== 'scale.json')) expect(files.has(`extension/${path}`), path).toBe(true)
    expect(manifest.version).toBe((JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }).version)
  })

  it('colours by the grammar of the language', () => {
    expect(text('syntaxes/scale.tmLanguage.json')).toBe(readFileSync('grammar/scale.tmLanguage.json', 'utf8'))
    expect(text('schemas/scale.schema.json')).toBe(readFileSync('grammar/scale.schema.json', 'utf8'))
  })

  it('has the language client in it: it asks for nothing but the editor and Node', () => {
    const required = [...text('out/extension.cjs').matchAll(/\brequire\("([^"]+)"\)/g)].map(([, module]) => module as string)
    expect(new Set(required.filter((module) => !isBuiltin(module)))).toEqual(new Set(['vscode']))
  })
})

describe('unpacked', () => {
  const shop = join(folder, 'shop')

  beforeAll(() => {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    mkdirSync(shop)
    copyFileSync('examples/one-line.scale', join(shop, 'one-line.scale'))
    copyFileSync('examples/one-line.test.scale', join(shop, 'one-line.test.scale'))
  })

  it('its own server runs where there is no node_modules', async () => {
    const server = spawn(process.execPath, [join(folder, 'extension/server/scalec.js'), 'lsp', '--stdio'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
    const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin))
    connection.listen()
    const { serverInfo } = await connection.sendRequest(InitializeRequest.type, { processId: null, rootUri: null, capabilities: {} })
    expect(serverInfo?.name).toBe('scale')
    connection.dispose()
    server.kill()
  })

  it('it starts that server by its language client, and finds tests', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [resolve('test/editors/editor-without-window.ts'), join(folder, 'extension'), shop, join(shop, 'one-line.scale')],
      // No other scalec is on the way.
      { encoding: 'utf8', env: { PATH: '/nowhere' } },
    )
    expect(stderr).toBe('')
    const seen = JSON.parse(stdout) as { readonly commands: readonly string[] }
    expect(seen).toMatchObject({ status: '$(database) SCALE: no catalog', files: [{ file: 'one-line.test.scale', tests: expect.any(Number) }], messages: [] })
    // Those of lenses are there because the server told the client of them.
    expect(seen.commands).toEqual(expect.arrayContaining(['scale.runTest', 'scale.replay', 'scale.explain', 'scale.replayFile']))
  })
})
