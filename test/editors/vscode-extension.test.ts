/** The extension's code in a small fake of the editor, with the real language server. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ExtensionContext } from 'vscode'
import { reasonIn } from '../../lsp/vscode/src/client.ts'
import { activate, deactivate } from '../../lsp/vscode/src/extension.ts'
import { scalec } from '../cli/scalec.ts'
import { made } from './language-client-fake.ts'
import { CancellationTokenSource, commands, seen, TestRunProfileKind, TestRunRequest, Uri, window, workspace } from './vscode-fake.ts'

vi.mock('vscode', () => import('./vscode-fake.ts'))
vi.mock('vscode-languageclient/node', () => import('./language-client-fake.ts'))

// The editor and Node spell the URI of such a folder in two ways.
const folder = mkdtempSync(join(tmpdir(), 'scale-vscode (é+1) '))
const file = (name: string): string => join(folder, name)
const uriOf = (name: string): string => pathToFileURL(file(name)).href
const subscriptions: { dispose(): void }[] = []

const ads = `language 1

target deployment/ads { between 1 and 10 cooldown 60s }

/// Ads breach their latency objective.
ads-slow: scale deployment/ads +2 when span(ads/Get).p99 > 400ms 5 times in 60s

test "slow ads get two replicas" {
  given deployment/ads at 2
  load span(ads/Get) at 20/s taking 150ms from 0s to 30s
  load span(ads/Get) at 20/s taking 600ms from 30s to 2m
  expect deployment/ads at 4 by 65s
}

test "nobody would expect this" {
  given deployment/ads at 2
  load span(ads/Get) at 20/s taking 150ms from 0s to 30s
  expect deployment/ads at 7 by 20s
}
`

beforeAll(async () => {
  seen.folder = folder
  writeFileSync(file('ads.scale'), ads)
  scalec(['catalog', 'from-recording', 'examples/queue-and-workers/backlog.jsonl.gz', '-o', file('catalog.json')])
  writeFileSync(file('scale.json'), JSON.stringify({ catalog: 'catalog.json' }))
  copyFileSync('examples/queue-and-workers/backlog.jsonl.gz', file('backlog.jsonl.gz'))
  writeFileSync(file('ads.test.scale'), `test "ads at rest" {\n  given deployment/ads at 2\n  expect no action\n}\n`)
  writeFileSync(file('workers.scale'), 'workers: scale deployment/workers +4 when span(workers/"process messages").gap.p95 > 500ms 2 times in 15s\n')
  seen.settings['scale.path'] = resolve('dist/scalec.js')
  window.activate(file('ads.scale'), 5, 3)
  await activate({ subscriptions, extensionPath: '/nowhere' } as unknown as ExtensionContext)
})
afterAll(async () => {
  await deactivate()
  for (const each of subscriptions) each.dispose()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  window.activate(file('ads.scale'), 5, 3)
  seen.messages.length = 0
  seen.press = undefined
  seen.texts.clear()
  seen.previews.length = 0
})

const [controller, status] = [() => seen.controllers[0]!, () => seen.status[0]!]
const { token } = new CancellationTokenSource()

it('registers every command of its manifest, and no other but those of lenses', () => {
  const { contributes } = JSON.parse(readFileSync('lsp/vscode/package.json', 'utf8')) as {
    readonly contributes: { readonly commands: readonly { readonly command: string }[] }
  }
  const lenses = ['scale.runTest', 'scale.replay', 'scale.explain']
  expect([...commands.registered.keys()].sort()).toEqual([...contributes.commands.map(({ command }) => command), ...lenses].sort())
})

describe('the status bar', () => {
  it('says how much the catalog knows, beside a rule file', () => {
    expect(status()).toMatchObject({ text: '$(database) SCALE: 5 services', isShown: true, command: 'scale.showCatalog', backgroundColor: undefined })
    expect(status().tooltip).toBe('The SCALE catalog has 5 services, 9 operations and 0 workloads, from catalog.json')
  })

  it('says what is wrong with it, and keeps the last good one', async () => {
    const catalog = readFileSync(file('catalog.json'), 'utf8')
    writeFileSync(file('catalog.json'), '{')
    await commands.executeCommand('scale.refreshCatalog')
    expect(status().text).toBe('$(warning) SCALE: catalog')
    expect(status().tooltip).toMatch(/catalog\.json.*In use: 5 services/)
    // Who asks is told.
    expect(seen.messages).toEqual([status().tooltip])
    await commands.executeCommand('scale.showCatalog')
    expect(seen.messages[1]).toBe(status().tooltip)
    writeFileSync(file('catalog.json'), catalog)
    await commands.executeCommand('scale.refreshCatalog')
    expect(status().text).toBe('$(database) SCALE: 5 services')
  })
})

describe('the test explorer', () => {
  it('has the tests of all files', () => {
    const files = [...controller().items].map(([, item]) => item)
    expect(files.map(({ label }) => label)).toEqual(['ads.scale', 'ads.test.scale'])
    const tests = [...files[0]!.children].map(([, item]) => item)
    expect(tests.map(({ label, range }) => [label, range?.start.line])).toEqual([
      ['slow ads get two replicas', 7],
      ['nobody would expect this', 14],
    ])
  })

  it('runs them: what fails says where, and shows what it saw', async () => {
    const profile = controller().profiles.find(({ kind }) => kind === TestRunProfileKind.Run)
    await profile?.run(new TestRunRequest(), token)
    const run = controller().runs.at(-1)!
    expect(Object.fromEntries(run.outcomes)).toEqual({
      'slow ads get two replicas': 'passed',
      'nobody would expect this': 'failed',
      'ads at rest': 'passed',
    })
    const [message] = run.messages.get('nobody would expect this') ?? []
    expect(message?.location?.range.start.line).toBe(17)
    expect(message?.message).toBe('it had 2 replicas at 20s')
    expect(run.output).toMatch(/\r\n/)
    expect(run.isEnded).toBe(true)
  })

  it('runs one of them, and leaves out what is to be left out', async () => {
    const [profile] = controller().profiles
    const tests = [...controller().items.get(uriOf('ads.scale'))!.children].map(([, item]) => item)
    await profile?.run(new TestRunRequest([tests[0]!]), token)
    expect([...controller().runs.at(-1)!.outcomes.keys()]).toEqual(['slow ads get two replicas'])
    await profile?.run(new TestRunRequest(undefined, [tests[0]!]), token)
    expect([...controller().runs.at(-1)!.outcomes.keys()]).toEqual(['nobody would expect this', 'ads at rest'])
  })

  it('shows in the margin what the tests have seen', async () => {
    const profile = controller().profiles.find(({ kind }) => kind === TestRunProfileKind.Coverage)
    await profile?.run(new TestRunRequest(), token)
    const run = controller().runs.at(-1)!
    // Each file of the project once, though two of them have tests; and not the one that has tests alone.
    expect(run.coverage.map(({ uri }) => uri.fsPath)).toEqual([file('ads.scale'), file('workers.scale')])
    const details = await profile!.loadDetailedCoverage!(run, run.coverage[0]!)
    expect(details.length).toBeGreaterThan(0)
    expect(details[0]).toMatchObject({ executed: true, location: { start: { line: 5 } } })
    expect(details[0]?.branches.map(({ executed }) => executed)).toEqual([true, true])
    expect(details[0]?.branches[0]?.label).toMatch(/true at \d+, false at \d+/)
  })

  it('errors where the rules do not compile', async () => {
    writeFileSync(file('ads.scale'), ads.replace('400ms', '400'))
    await commands.executeCommand('scale.restart')
    await commands.executeCommand('scale.testFile')
    const run = controller().runs.at(-1)!
    expect(new Set(run.outcomes.values())).toEqual(new Set(['errored']))
    expect(run.messages.get('slow ads get two replicas')?.[0]?.message).toMatch(/\w/)
    writeFileSync(file('ads.scale'), ads)
    await commands.executeCommand('scale.restart')
  })
})

describe('commands', () => {
  it('replay the open file on a recording that is chosen', async () => {
    window.activate(file('workers.scale'))
    seen.choose = (items) => items.findIndex(({ label }) => label === 'backlog.jsonl.gz')
    await commands.executeCommand('scale.replayFile')
    expect(seen.offered.at(-1)).toEqual(['$(history) The last one', 'backlog.jsonl.gz', '$(folder-opened) Another one…'])
    expect(seen.texts.get('replay.txt')).toContain('workers: fired once')
    expect(seen.languages.at(-1)).toBe('scale-report')
    // One that lies elsewhere; nothing, where somebody thinks better of it.
    seen.texts.clear()
    seen.choose = (items) => items.length - 1
    await commands.executeCommand('scale.replayFile')
    expect([...seen.texts.keys()]).toEqual([])
    seen.browsed = resolve('examples/queue-and-workers/saturation.jsonl.gz')
    await commands.executeCommand('scale.replayFile')
    expect(seen.texts.get('replay.txt')).toContain('saturation.jsonl.gz')
    seen.choose = (items) => items.findIndex(({ label }) => label === 'backlog.jsonl.gz')
    await commands.executeCommand('scale.replayFile')
    // The last one, then.
    seen.choose = () => 0
    seen.texts.clear()
    await commands.executeCommand('scale.replayFile')
    expect(seen.texts.get('replay.txt')).toContain('workers: fired once')
  })

  it('do nothing when no recording is chosen', async () => {
    seen.choose = () => undefined
    await commands.executeCommand('scale.replayFile')
    expect(seen.texts.size).toBe(0)
    expect(seen.messages).toEqual([])
  })

  it('explain the rule at the cursor, and all of the file', async () => {
    await commands.executeCommand('scale.explainHere')
    expect(seen.previews[0]).toContain('ads-slow')
    await commands.executeCommand('scale.explainFile')
    expect(seen.previews[1]).toContain('ads-slow')
  })

  it('open the playground with the scalec that serves', async () => {
    await commands.executeCommand('scale.playground')
    expect(seen.terminals).toEqual([
      expect.objectContaining({ shellPath: process.execPath, shellArgs: [resolve('dist/scalec.js'), 'playground', file('ads.scale'), '--port', '0'] }),
    ])
  })

  it('save what the playground is to read, which a text without a file cannot be', async () => {
    const before = seen.terminals.length
    window.show(Uri.file(file('ads.scale')), true)
    await commands.executeCommand('scale.playground')
    expect(seen.saved).toEqual([file('ads.scale')])
    expect(seen.terminals.length).toBe(before + 1)
    window.show(Uri.from({ scheme: 'untitled', path: 'Untitled-1' }), true)
    await commands.executeCommand('scale.playground')
    expect(seen.messages).toEqual(['SCALE: save this text first: the playground reads a file.'])
    expect(seen.terminals.length).toBe(before + 1)
  })

  it('ask for a rule file where there is none', async () => {
    window.activeTextEditor = undefined
    await commands.executeCommand('scale.explainHere')
    expect(seen.messages).toEqual(['Open a SCALE file first.'])
  })
})

describe('lenses', () => {
  it('run a test in the explorer', async () => {
    await commands.executeCommand('scale.runTest', uriOf('ads.scale'), 'slow ads get two replicas')
    expect(Object.fromEntries(controller().runs.at(-1)!.outcomes)).toEqual({ 'slow ads get two replicas': 'passed' })
  })

  it('run the tests of the project from a file that has none', async () => {
    await commands.executeCommand('scale.runTest', uriOf('workers.scale'))
    expect(Object.keys(Object.fromEntries(controller().runs.at(-1)!.outcomes)).sort()).toEqual([
      'ads at rest',
      'nobody would expect this',
      'slow ads get two replicas',
    ])
    expect(seen.messages).toEqual([])
  })

  it('replay and explain in editors of their own', async () => {
    await commands.executeCommand('scale.replay', uriOf('workers.scale'), 'backlog.jsonl.gz')
    expect(seen.texts.get('replay.txt')).toContain('workers: fired once')
    await commands.executeCommand('scale.explain', uriOf('ads.scale'), { line: 5, character: 0 })
    expect(seen.previews[0]).toContain('ads-slow')
  })

  it('say it when there is nothing to replay', async () => {
    await commands.executeCommand('scale.replay', uriOf('workers.scale'), 'nowhere.jsonl')
    expect(seen.messages).toEqual(['SCALE: there is no recording nowhere.jsonl'])
  })
})

it('an edit refreshes the tests of its file, and they are listed once', async () => {
  vi.useFakeTimers()
  const asked = vi.spyOn(controller().items, 'add')
  workspace.changed.fire({ document: { languageId: 'scale', uri: Uri.file(file('ads.scale')) } })
  workspace.changed.fire({ document: { languageId: 'scale', uri: Uri.file(file('ads.scale')) } })
  workspace.changed.fire({ document: { languageId: 'json', uri: Uri.file(file('scale.json')) } })
  await vi.advanceTimersByTimeAsync(1000)
  vi.useRealTimers()
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1))
  expect([...controller().items].map(([, { label }]) => label)).toEqual(['ads.scale', 'ads.test.scale'])
})

describe('the language client', () => {
  const options = () => made.at(-1)!.options

  it('spells URIs as the server does', () => {
    const { code2Protocol, protocol2Code } = options().uriConverters
    expect(code2Protocol(Uri.file('/a shop (é+1)/ads.scale'))).toBe('file:///a%20shop%20(%C3%A9+1)/ads.scale')
    expect(code2Protocol(Uri.from({ scheme: 'untitled', path: 'Untitled-1' }))).toBe('untitled:Untitled-1')
    expect(protocol2Code('file:///a%20shop%20(%C3%A9+1)/ads.scale').fsPath).toBe('/a shop (é+1)/ads.scale')
  })

  it.each([
    ['asks nothing while somebody indents a line', '  ', 2, ' ', false],
    ['asks behind a word', '  cooldown ', 11, ' ', true],
    ['asks at the start of a line where somebody wants it to', '  ', 2, undefined, true],
    ['asks behind the sign of a line that begins with it', '/', 1, '/', true],
  ])('%s', (_, text, character, triggerCharacter, isAsked) => {
    const next = vi.fn()
    options().middleware.provideCompletionItem({ lineAt: () => ({ text }) }, { line: 0, character }, { triggerCharacter }, token, next)
    expect(next).toHaveBeenCalledTimes(isAsked ? 1 : 0)
  })
})

describe('a scalec', () => {
  const choose = async (path: string): Promise<void> => {
    seen.settings['scale.path'] = path
    const before = made.length
    workspace.configured.fire({ affectsConfiguration: (section) => section === 'scale.path' })
    await vi.waitFor(() => expect(made.length + seen.messages.length).toBeGreaterThan(before))
  }

  it('that names nothing is said, and none is started', async () => {
    const before = made.length
    await choose('nowhere/scalec')
    await vi.waitFor(() => expect(seen.messages).toEqual(['SCALE: scale.path names nowhere/scalec, which does not exist']))
    expect(made.length).toBe(before)
  })

  it('that ends before it serves is said, with why it did', async () => {
    seen.press = 'Show Why'
    writeFileSync(file('old.js'), `console.error('scalec needs Node 22.19 or newer, and this is Node 20.20.2')\nprocess.exit(2)`)
    await choose('old.js')
    const problem = `SCALE: ${file('old.js')} does not start: scalec needs Node 22.19 or newer, and this is Node 20.20.2`
    await vi.waitFor(() => expect(seen.messages).toEqual([problem]))
    await vi.waitFor(() => expect(seen.outputs).toEqual(['SCALE']))
    // Nothing is left of what the one before knew, and whatever somebody wants of it says why it cannot be had.
    await vi.waitFor(() => expect(status()).toMatchObject({ text: '$(error) SCALE does not run', tooltip: problem.replace('SCALE: ', ''), isShown: true }))
    for (const command of ['explainFile', 'explainHere', 'replayFile', 'testFile', 'playground', 'showCatalog', 'refreshCatalog']) {
      seen.messages.length = 0
      await commands.executeCommand(`scale.${command}`)
      expect(seen.messages, command).toEqual([problem])
    }
    window.activate(file('ads.scale'))
    expect(status().text).toBe('$(error) SCALE does not run')
  })

  it('that ends without a word, or with an error of Node, says so in one line', () => {
    expect(reasonIn([])).toBeUndefined()
    expect(
      reasonIn(['node:internal/modules/run_main:107', '    triggerUncaughtException(', '', "Error: Cannot find module '/shop/scalec.js'", '    at x']),
    ).toBe("Error: Cannot find module '/shop/scalec.js'")
    expect(reasonIn(['', "/usr/bin/env: 'node': No such file or directory"])).toBe("/usr/bin/env: 'node': No such file or directory")
  })

  it('that is chosen afterwards serves', async () => {
    await choose(resolve('dist/scalec.js'))
    await commands.executeCommand('scale.restart')
    await commands.executeCommand('scale.explainFile')
    expect(seen.previews[0]).toContain('ads-slow')
  })

  it('is looked for anew once the workspace is trusted', async () => {
    const before = made.length
    workspace.trusted.fire()
    await vi.waitFor(() => expect(made.length).toBe(before + 1))
    await commands.executeCommand('scale.restart')
    expect(status().text).toBe('$(database) SCALE: 5 services')
  })
})
