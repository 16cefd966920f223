/** The playground's server, as a page speaks to it. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scalec } from '../cli/scalec.ts'
import { Page, playground, type RunningPlayground } from './running.ts'

const folder = mkdtempSync(join(tmpdir(), 'scale-playground-'))
const rulesFile = join(folder, 'rules.scale')
let running: RunningPlayground
let page: Page

beforeAll(async () => {
  for (const name of ['rules.scale', 'backlog.jsonl.gz', 'saturation.jsonl.gz']) copyFileSync(`examples/queue-and-workers/${name}`, join(folder, name))
  mkdirSync(join(folder, 'node_modules'))
  copyFileSync('examples/queue-and-workers/backlog.jsonl.gz', join(folder, 'node_modules/hidden.jsonl.gz'))
  running = await playground(['rules.scale', '--recording', 'saturation.jsonl.gz', '--replicas', 'deployment/workers=4'], folder)
  page = new Page(running.url)
})
afterAll(async () => {
  page.close()
  expect(await running.stop()).toBe(0)
  rmSync(folder, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

function request(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((found, failed) => {
    get({ host: '127.0.0.1', port: running.port, path, headers, method }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (data) => {
        body += data
      })
      response.on('end', () => found({ status: response.statusCode, headers: response.headers, body }))
    }).on('error', failed)
  })
}

/** What a WebSocket is refused with; 101 where it is not. */
function upgraded(url: string, path: string, origin: string): Promise<number> {
  return new Promise((found) => {
    const { socket } = new Page(url, path, origin)
    socket.on('unexpected-response', (_, response) => found(response.statusCode ?? 0))
    socket.on('open', () => {
      socket.close()
      found(101)
    })
    socket.on('error', () => {})
  })
}

describe('the page', () => {
  it('is there with all that it needs, and nothing from elsewhere', async () => {
    const { status, headers, body } = await request('/')
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    const needed = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string)
    expect(needed).toContain('/page.js')
    for (const path of needed) {
      expect(path).toMatch(/^\/[^/]/)
      expect(await request(path)).toMatchObject({ status: 200 })
    }
  })

  it.each(['/../package.json', '/page.js.map', '/rules.scale', '/toString', '/__proto__'])('%s is not', async (path) => {
    expect(await request(path)).toMatchObject({ status: 404 })
  })

  it('is read, never written', async () => {
    expect(await request('/', {}, 'POST')).toMatchObject({ status: 405 })
  })

  it('is for pages of its own: others are refused, whatever they name this machine', async () => {
    expect(await request('/', { Host: 'evil.example' })).toMatchObject({ status: 403 })
    expect(await request('/', { Origin: 'https://evil.example' })).toMatchObject({ status: 403 })
    for (const path of ['/replay', '/language']) {
      expect(await upgraded(running.url, path, 'https://evil.example')).toBe(403)
      expect(await upgraded(running.url, path, new URL(running.url).origin)).toBe(101)
    }
    expect(await upgraded(running.url, '/other', new URL(running.url).origin)).toBe(404)
  })

  it('is on this machine only', async () => {
    // 127.0.0.2 is this machine as well, but not the address that it listens at.
    const refused = await new Promise<string>((found) => {
      const socket = connect(running.port, '127.0.0.2', () => found('connected'))
      socket.on('error', (error) => found((error as NodeJS.ErrnoException).code ?? ''))
    })
    expect(refused).not.toBe('connected')
  })
})

describe('a page', () => {
  it('is given the rules, and recordings: the named one first, then those of the folder', async () => {
    const { files, recordings, words } = await page.hello()
    expect(files).toMatchObject([{ name: 'rules.scale', saved: true, text: readFileSync(rulesFile, 'utf8') }])
    expect(recordings.map(({ name }) => name)).toEqual(['saturation.jsonl.gz', 'backlog.jsonl.gz'])
    expect(words.keyword).toContain('scale')
  })

  it('gets a picture of its own texts, and explanations that are those of scalec', async () => {
    const { recordings } = await page.hello()
    const recording = recordings.find(({ name }) => name === 'backlog.jsonl.gz')?.id ?? ''
    const text = readFileSync(rulesFile, 'utf8').replace('scale deployment/workers +4', 'scale deployment/workers +1')
    page.send({ kind: 'replay', request: 1, recording, files: [{ name: 'rules.scale', text }], replicas: {} })
    const { picture } = await page.until('picture', 1)
    const workers = picture.targets.find(({ id }) => id === 'deployment/workers')
    expect(workers?.desired.at(-1)).toBe(5)

    page.send({ kind: 'replay', request: 2, recording, files: [], replicas: {} })
    await page.until('picture', 2)
    const log = join(folder, 'log.jsonl')
    scalec(['replay', 'backlog.jsonl.gz', '--rules', 'rules.scale', '--replicas', 'deployment/workers=4', '--decisions', log], { cwd: folder })
    const [first = ''] = readFileSync(log, 'utf8').split('\n')
    const { id } = JSON.parse(first) as { readonly id: string }
    page.send({ kind: 'explain', request: 2, decision: id })
    const { text: explanation } = await page.until('explanation', 2)
    expect(explanation).toBe(scalec(['explain', '--decision', id, log]).out)
    expect(explanation).toContain('4 → 8')
  })

  it('who types on is only told of the last', async () => {
    const { recordings } = await page.hello()
    const recording = recordings[0]?.id ?? ''
    for (let n = 10; n < 20; n++) page.send({ kind: 'replay', request: n, recording, files: [], replicas: {} })
    await page.until('picture', 19)
    const pictures = page.seen.filter((seen) => /^picture 1\d$/.test(seen))
    expect(pictures.at(-1)).toBe('picture 19')
    // The first may have been done before the second came; those in between were given up.
    expect(pictures.length).toBeLessThanOrEqual(2)
  })

  it('hears where its rules are wrong', async () => {
    const { recordings } = await page.hello()
    page.send({
      kind: 'replay',
      request: 30,
      recording: recordings[0]?.id ?? '',
      files: [{ name: 'rules.scale', text: 'scale deployment/a +1 when\n' }],
      replicas: {},
    })
    const { problems } = await page.until('refused', 30)
    expect(problems[0]).toMatchObject({ severity: 'error', file: 'rules.scale', line: expect.any(Number), code: expect.stringMatching(/^SC/) })
  })

  it('saves the files that it was given, and no other', async () => {
    page.send({ kind: 'save', file: '../outside.scale', text: 'x', before: '' })
    expect(await page.until('saved')).toMatchObject({ file: '../outside.scale', error: expect.any(String) })
    const other = new Page(running.url)
    await other.hello()
    const before = readFileSync(rulesFile, 'utf8')
    const text = `${before}\n// edited\n`
    other.send({ kind: 'save', file: 'rules.scale', text, before })
    expect(await other.until('saved')).toEqual({ kind: 'saved', file: 'rules.scale' })
    expect(readFileSync(rulesFile, 'utf8')).toBe(text)
    other.close()
    // Who comes back is given what was saved.
    const back = new Page(running.url)
    expect((await back.hello()).files[0]?.text).toBe(text)
    // What somebody else wrote meanwhile is not lost.
    writeFileSync(rulesFile, `${text}// by hand\n`)
    back.send({ kind: 'save', file: 'rules.scale', text, before: text })
    expect((await back.until('saved')).error).toContain('has changed on disk')
    expect(readFileSync(rulesFile, 'utf8')).toBe(`${text}// by hand\n`)
    back.close()
  })

  it('that says nonsense is hung up on, and the others are served on', async () => {
    const strange = new Page(running.url)
    await strange.hello()
    const closed = new Promise<number>((found) => strange.socket.on('close', found))
    strange.socket.send('{"kind":"replay","request":"1"}')
    expect(await closed).toBe(1003)
    const next = new Page(running.url)
    expect((await next.hello()).kind).toBe('hello')
    next.close()
  })
})

it('speaks to a language server of its own', async () => {
  const { socket } = new Page(running.url, '/language')
  const answer = await new Promise<{ readonly id: number; readonly result: { readonly capabilities: object } }>((found) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { readonly id?: number; readonly result: { readonly capabilities: object } }
      if (message.id === 1) found({ ...message, id: 1 })
    })
    socket.on('open', () =>
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } })),
    )
  })
  expect(answer.result.capabilities).toHaveProperty('textDocumentSync')
  socket.close()
})

describe('the command', () => {
  it('says in one line what is wrong with how it is called', () => {
    const wrong = (...args: string[]): string => {
      const { code, err } = scalec(['playground', ...args])
      expect(code).toBe(2)
      return err
    }
    expect(wrong('--port', '99999')).toBe('scalec: --port 99999: a port is a number up to 65535\n')
    expect(wrong('--replicas', 'workers')).toContain('--replicas workers: write a workload')
    expect(wrong('nowhere.scale')).toBe('scalec: nowhere.scale does not exist\n')
    expect(wrong(rulesFile, '--port', String(running.port))).toContain(`port ${running.port} is taken`)
  })

  it('has the rule files of its folder where none is named and no project does', async () => {
    const alone = mkdtempSync(join(tmpdir(), 'scale-playground-'))
    for (const name of ['b.scale', 'a.scale']) writeFileSync(join(alone, name), 'let a = 1s\n')
    const other = await playground([], alone)
    const visitor = new Page(other.url)
    expect((await visitor.hello()).files.map(({ name, saved }) => [name, saved])).toEqual([
      ['a.scale', true],
      ['b.scale', true],
    ])
    visitor.close()
    expect(await other.stop()).toBe(0)
    rmSync(alone, { recursive: true })
  })

  it('has an example where there is neither a file nor a project', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'scale-playground-empty-'))
    writeFileSync(join(empty, 'a.txt'), '')
    const alone = await playground([], empty)
    const visitor = new Page(alone.url)
    const { files, recordings } = await visitor.hello()
    expect(files).toMatchObject([{ name: 'playground.scale', saved: false }])
    expect(recordings).toEqual([])
    const recording = resolve('examples/queue-and-workers/backlog.jsonl.gz')
    visitor.send({ kind: 'replay', request: 1, recording, files: [], replicas: {} })
    // A path is no choice: only what was offered is opened.
    expect(await visitor.until('refused', 1)).toMatchObject({ problems: [{ message: 'choose a recording' }] })
    visitor.close()
    await alone.stop()
    rmSync(empty, { recursive: true })
  })
})
