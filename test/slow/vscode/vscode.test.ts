/** The packed extension in a genuine VS Code, driven by keyboard and mouse. */
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { pack } from '../../../.ci/vsix.ts'
import { scalec } from '../../cli/scalec.ts'
import { missing as noChromium } from '../../playground/chromium.ts'
import { installed } from './installed.ts'
import { patienceMs, plain, Workbench } from './workbench.ts'

/** What the editor shows in the end. */
const seen = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: patienceMs })

const editor = noChromium === undefined ? installed() : { missing: noChromium }
if ('missing' in editor) console.warn(`the extension in a genuine VS Code is left out: ${editor.missing}`)

describe.skipIf('missing' in editor)('in a genuine VS Code', () => {
  const place = mkdtempSync(join(tmpdir(), 'scale-vscode-'))
  // The editor and Node spell the URI of such a folder in two ways.
  const folder = join(place, 'a shop (é+1)')
  const file = (name: string): string => join(folder, name)
  const served = join(place, 'served')
  const rules = readFileSync('examples/queue-and-workers/rules.scale', 'utf8')
  let workbench: Workbench

  beforeAll(async () => {
    mkdirSync(folder)
    for (const name of ['rules.scale', 'backlog.jsonl.gz', 'saturation.jsonl.gz']) copyFileSync(`examples/queue-and-workers/${name}`, file(name))
    copyFileSync('examples/one-line.scale', file('one-line.scale'))
    const failing = 'test "nobody would expect this" {\n  expect deployment/adservice at 9 by 55s\n}\n'
    writeFileSync(file('one-line.test.scale'), `${readFileSync('examples/one-line.test.scale', 'utf8')}\n${failing}`)
    scalec(['catalog', 'from-recording', file('backlog.jsonl.gz'), '-o', file('catalog.json')])
    writeFileSync(file('scale.json'), '{ "catalog": "catalog.json" }\n')
    // As npm installs it; it leaves a note that it was this one.
    const modules = join(folder, 'node_modules')
    for (const part of ['dist', 'grammar', 'package.json']) cpSync(part, join(modules, 'scale-autoscaler', part), { recursive: true })
    const program = `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(served)}, process.argv.slice(2).join(' '))\nimport './scalec.main.js'\n`
    writeFileSync(join(modules, 'scale-autoscaler/dist/scalec.js'), program)
    mkdirSync(join(modules, '.bin'))
    symlinkSync('../scale-autoscaler/dist/scalec.js', join(modules, '.bin/scalec'))
    const vsix = join(place, 'scale.vsix')
    await pack(vsix)
    if ('program' in editor) workbench = await Workbench.open({ program: editor.program, vsix, folder, state: join(place, 'state') })
  })
  afterAll(async () => {
    await workbench?.close()
    rmSync(place, { recursive: true, force: true })
  })

  beforeEach(() => {
    onTestFailed(async ({ task }) => {
      const picture = join(tmpdir(), `scale-vscode-${task.id}.png`)
      await workbench.page.screenshot({ path: picture })
      console.log(`${task.name}: see ${picture}`)
    })
  })

  const problems = () => workbench.labels('.markers-panel .monaco-list-row')
  const tests = () => workbench.labels('.test-explorer .monaco-list-row')

  it("serves with the workspace's scalec, and tells in the status bar what the catalog knows", async () => {
    await workbench.openFile('rules.scale')
    const status = workbench.page.locator('[id="scale-autoscaler.scale-rules.scale.catalog"]')
    await status.waitFor()
    expect(plain(await status.innerText()).trim()).toBe('SCALE: 5 services')
    expect(readFileSync(served, 'utf8')).toBe('lsp --stdio')
  })

  it('lists the problems of all files, opened or not', async () => {
    await workbench.press('Control+Shift+M')
    await seen(problems).toEqual([
      expect.stringContaining('2 problems in file one-line.scale'),
      expect.stringContaining('deployment/adservice has no bounds: 1 to 10 replicas are implied'),
      expect.stringContaining('the catalog has no service `adservice`'),
    ])
  })

  it("opens a problem's page, formatted", async () => {
    const { page } = workbench
    await page.locator('.markers-panel a', { hasText: 'SC4001' }).click({ modifiers: ['ControlOrMeta'] })
    await workbench.preview().locator('h1', { hasText: 'SC4001: implied bounds' }).waitFor()
    await page.locator('.tab.active', { hasText: 'SC4001.md' }).waitFor()
    await workbench.command('View: Close Editor')
  })

  it('fixes one', async () => {
    await workbench.openFile('one-line.scale')
    await workbench.goTo(1, 10)
    const { page } = workbench
    await workbench.insist(
      async () => {
        await workbench.press('Escape', 'Control+.')
        await page.locator('.action-widget .monaco-list-row', { hasText: 'Declare these bounds' }).click({ timeout: patienceMs / 4 })
      },
      page.locator('.view-line', { hasText: 'target' }),
    )
    expect(await workbench.saved('one-line.scale')).toContain('target deployment/adservice { between 1 and 10 }')
    await seen(problems).toEqual([expect.stringContaining('1 problem'), expect.stringContaining('no service')])
  })

  it('completes from the catalog, and Enter and spaces type what they say where there is nothing more to take', async () => {
    const before = readFileSync(file('one-line.scale'), 'utf8')
    await workbench.openFile('one-line.scale')
    await workbench.press('Control+End')
    await workbench.type('\nscale deployment/')
    // Targets of all files.
    expect(await workbench.suggestions('deployment/adservice')).toEqual(expect.arrayContaining(['deployment/workers', 'deployment/orders']))
    await workbench.type('work')
    expect(await workbench.suggestions('deployment/workers')).toEqual(['deployment/workers'])
    await workbench.press('Tab')
    await workbench.type(' +1 when span(work')
    expect(await workbench.suggestions('workers')).toEqual(['workers'])
    await workbench.press('Tab')
    await workbench.type('/')
    expect(await workbench.suggestions('process messages')).toEqual(['process messages'])
    await workbench.press('Tab', 'End')
    await workbench.type('.')
    expect(await workbench.suggestions('p99')).toEqual(expect.arrayContaining(['own', 'rate', 'error_rate']))
    await workbench.type('gap.p95 > 500ms 2 times in ')
    await workbench.suggestions('1m')
    await workbench.type('15s')
    await workbench.suggestions('15s')
    await workbench.press('Enter')
    await workbench.type('  every ')
    await workbench.suggestions('5s')
    await workbench.type('10s')
    await workbench.suggestions('10s')
    await workbench.press('Enter')
    expect(await workbench.saved('one-line.scale')).toMatch(/\n {2}every 10s\n\s*$/)
    expect(readFileSync(file('one-line.scale'), 'utf8').trimEnd()).toBe(
      `${before}\nscale deployment/workers +1 when span(workers/"process messages").gap.p95 > 500ms 2 times in 15s\n  every 10s`,
    )
    await workbench.press('Control+A')
    writeFileSync(file('one-line.scale'), before)
    // The watcher tells the editor.
    await seen(() => workbench.textBeside('one-line.scale')).not.toContain('deployment/workers')
  })

  it('says in a hover what is recorded of an operation', async () => {
    await workbench.openFile('rules.scale')
    const line = rules.split('\n').findIndex((text) => text.includes('span(workers/"process messages")'))
    await workbench.goTo(line + 1, 20)
    await workbench.press('Control+k', 'Control+i')
    const hover = workbench.page.locator('.monaco-hover:visible', { hasText: 'consumer' })
    await hover.waitFor()
    expect(plain(await hover.innerText())).toMatch(/workers[\s\S]*p95[\s\S]*32\.8\/s/)
    await workbench.press('Escape')
  })

  it('renames a value everywhere', async () => {
    await workbench.openFile('rules.scale')
    await workbench.goTo(rules.split('\n').findIndex((text) => text.startsWith('let backlog')) + 1, 6)
    await workbench.press('F2')
    const input = workbench.page.locator('.rename-box input')
    await input.fill('waiting')
    await workbench.press('Enter')
    await seen(() => workbench.textBeside('rules.scale')).toContain('let waiting')
    expect(await workbench.saved('rules.scale')).toBe(rules.replace('let backlog', 'let waiting').replace('> backlog', '> waiting'))
    await workbench.press('Control+Z')
    await seen(() => workbench.textBeside('rules.scale')).toContain('let backlog')
    expect(await workbench.saved('rules.scale')).toBe(rules)
  })

  it('formats, and offers nothing to somebody who indents a line', async () => {
    const { page } = workbench
    await workbench.openFile('rules.scale')
    await workbench.goTo(rules.split('\n').findIndex((text) => text.startsWith('  between')) + 1, 3)
    await workbench.type('      ')
    // By the time that a hover is answered, what was asked before it is, too.
    await workbench.press('Control+k', 'Control+i')
    await page.locator('.monaco-hover:visible', { hasText: 'between' }).first().waitFor()
    expect(await page.locator('.suggest-widget.visible').count()).toBe(0)
    await workbench.press('Escape')
    await workbench.command('Format Document')
    await seen(() => workbench.saved('rules.scale')).toBe(rules)
  })

  it('replays on a recording beside the rules, and the lens says how often a rule fired', async () => {
    await workbench.openFile('rules.scale')
    await workbench.goTo(30)
    await workbench.pressLens('replay', '.quick-input-widget:visible')
    await workbench.choose('backlog.jsonl.gz')
    await workbench
      .lens(/^fired once in the last replay$/)
      .first()
      .waitFor()
    const text = await workbench.textBeside('replay.txt')
    expect(text).toContain('workers-too-few: fired once')
    expect(text).toContain('database-crowded: never fired')
    await workbench.lens('never fired in the last replay').first().waitFor()
  })

  it('explains a rule in a page beside it', async () => {
    await workbench.pressLens('explain', '.tab:has-text("explanation.md")')
    await workbench.preview().locator('h2', { hasText: 'workers-too-few' }).waitFor()
    await workbench.command('View: Close All Editors')
  })

  it('runs the tests of all files in the test explorer, each file listed once', async () => {
    await workbench.openFile('one-line.test.scale')
    await workbench.command('Testing: Focus on Test Explorer View')
    await seen(tests).toEqual([expect.stringMatching(/^one-line\.test\.scale/), expect.stringMatching(/^rules\.scale/)])
    await workbench.command('Test: Run All Tests')
    await seen(tests).toEqual(['one-line.test.scale (Failed)', 'rules.scale (Passed)'])
    const told = workbench.page.locator('.test-error-content-widget .content')
    await seen(async () => plain((await told.allTextContents()).join())).toBe('it had 1 replica at 55s')
    await workbench.lens(/^failed: it had 1 replica at 55s/).waitFor()
  })

  it('shows in the margin what the tests have seen, of rules whose tests are in another file', async () => {
    const { page } = workbench
    await workbench.command('Test: Run All Tests with Coverage')
    const covered = page.locator('.test-coverage-list-item')
    await seen(async () => (await covered.allTextContents()).map((text) => text.replace(/\d.*$/, ''))).toEqual(['a shop (é+', 'one-line.scale', 'rules.scale'])
    await workbench.openFile('one-line.scale')
    const margin = page.locator('.margin-view-overlays .coverage-deco-gutter')
    await margin.first().waitFor()
    expect(await margin.first().getAttribute('class')).toContain('coverage-deco-hit')
  })

  it('says of a scalec that it does not start, and takes another one when the setting is gone', async () => {
    const { page } = workbench
    mkdirSync(file('.vscode'))
    writeFileSync(file('.vscode/settings.json'), JSON.stringify({ 'scale.path': '/bin/false' }))
    const message = page.locator('.notification-toast', { hasText: 'SCALE: /bin/false does not start' })
    await message.waitFor()
    expect(await page.locator('.notification-toast').count()).toBe(1)
    // What needs it says so again, and in nobody's way.
    await workbench.openFile('rules.scale')
    await page.locator('.statusbar-item', { hasText: 'SCALE does not run' }).waitFor()
    await workbench.command('Notifications: Clear All Notifications')
    await message.waitFor({ state: 'hidden' })
    await workbench.command('SCALE: Explain the Rule at the Cursor')
    await message.waitFor()
    expect(await page.locator('.monaco-dialog-box').count()).toBe(0)
    await workbench.command('Notifications: Clear All Notifications')
    rmSync(served)
    writeFileSync(file('.vscode/settings.json'), '{}')
    await seen(() => existsSync(served)).toBe(true)
    await workbench.openFile('rules.scale')
    await workbench.goTo(30)
    await workbench.lens('explain').first().waitFor()
  })
})
