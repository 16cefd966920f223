/** The playground in a real browser: what is seen, what the keyboard does, and what a page from elsewhere cannot. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { scalec } from '../cli/scalec.ts'
import { type Browser, browser, missing } from './chromium.ts'
import { playground, type RunningPlayground } from './running.ts'

describe.skipIf(missing !== undefined)(`the page in Chromium${missing === undefined ? '' : `, ${missing}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'scale-page-'))
  const original = readFileSync('examples/queue-and-workers/rules.scale', 'utf8')
  let running: RunningPlayground
  let chromium: Browser
  let page: Page
  /** Errors of the page, and addresses that it asked for. */
  let errors: string[] = []
  let asked: string[] = []

  beforeAll(async () => {
    for (const name of ['rules.scale', 'backlog.jsonl.gz', 'saturation.jsonl.gz']) copyFileSync(`examples/queue-and-workers/${name}`, join(folder, name))
    running = await playground(['rules.scale', '--replicas', 'deployment/workers=4'], folder)
    chromium = await browser()
  })
  afterAll(async () => {
    await chromium.close()
    await running.stop()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    errors = []
    asked = []
    await page?.close()
    page = await chromium.context.newPage()
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    page.on('request', (request) => asked.push(new URL(request.url()).host))
    // What a test leaves unsaved is no other's.
    await page.addInitScript(() => {
      if (sessionStorage.getItem('begun') === null) localStorage.clear()
      sessionStorage.setItem('begun', 'yes')
    })
    await page.goto(running.url)
    await page.waitForSelector('[data-rule="workers-too-few"] canvas')
  })

  /** The text behind `before` in the editor is replaced, by typing. */
  async function retype(before: string, old: string, typed: string): Promise<void> {
    await page.click(`.cm-line:has-text("${before}")`)
    await page.keyboard.press('End')
    for (const _ of old) await page.keyboard.press('Backspace')
    await page.keyboard.type(typed)
  }

  it('shows at a glance what the rules did, without an error and without anything from elsewhere', async () => {
    expect(await page.textContent('[data-target="deployment/workers"] summary')).toContain('→ 8')
    expect(await page.locator('[data-target="deployment/workers"] .decision').allTextContents()).toEqual(['▲ +4', '·', '❚❚'])
    const band = page.locator('[data-rule="workers-too-few"] > .band')
    expect(await band.locator('.run').evaluateAll((runs) => runs.map((run) => run.className))).toEqual(['run false', 'run true', 'run false', 'run unknown'])
    expect(await band.getAttribute('aria-label')).toBe('workers-too-few: true at 1 of 12 steps, unknown at 2; asked at 1')
    // What nothing happened to is closed, and below.
    expect(
      await page.locator('.card').evaluateAll((cards) => cards.map((card) => `${card.getAttribute('data-target')} ${(card as HTMLDetailsElement).open}`)),
    ).toEqual([
      'deployment/workers true',
      ...['deployment/gateway', 'deployment/orders', 'deployment/uploads', 'statefulset/database'].map((id) => `${id} false`),
    ])
    expect(errors).toEqual([])
    expect(new Set(asked)).toEqual(new Set([`127.0.0.1:${running.port}`]))
  })

  it('draws a gap where a value is unknown, not a zero', async () => {
    // Columns of the plot in which the line's colour appears, as shares of its width.
    const inked = await page.locator('[data-rule="workers-too-few"] .chart canvas').evaluate((node) => {
      const canvas = node as HTMLCanvasElement
      const over = canvas.parentElement?.querySelector('.u-over') as HTMLElement
      const scale = canvas.width / canvas.clientWidth
      const [left, width] = [over.offsetLeft * scale, over.offsetWidth * scale]
      const probe = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D
      probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--value')
      probe.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0] = probe.getImageData(0, 0, 1, 1).data
      const columns: number[] = []
      for (let x = 0; x < width; x++) {
        const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(left + x, over.offsetTop * scale, 1, over.offsetHeight * scale)
        for (let i = 0; i < data.length; i += 4)
          if (Math.abs((data[i] ?? 0) - r) + Math.abs((data[i + 1] ?? 0) - g) + Math.abs((data[i + 2] ?? 0) - b) < 12 && (data[i + 3] ?? 0) > 200) {
            columns.push(x / width)
            break
          }
      }
      return columns
    })
    const inStep = (step: number): number => inked.filter((x) => x > (step + 0.1) / 12 && x < (step + 0.9) / 12).length
    // Known from the second step to the ninth; then the new replicas start.
    expect(Array.from({ length: 12 }, (_, step) => inStep(step) > 0)).toEqual([false, ...Array(8).fill(true), false, false, false])
  })

  it('explains a decision as scalec does; Escape goes back to it', async () => {
    await page.click('.decision.up')
    const text = await page.waitForSelector('#explanation pre:has-text("From truth to a number")')
    const id = await page.getAttribute('.decision.up', 'data-decision')
    const log = join(folder, 'log.jsonl')
    scalec(['replay', 'backlog.jsonl.gz', '--rules', 'rules.scale', '--replicas', 'deployment/workers=4', '--decisions', log], { cwd: folder })
    expect((await text.textContent())?.trimEnd()).toBe(scalec(['explain', '--decision', id ?? '', log]).out.trimEnd())
    expect(await page.getAttribute('.decision.up', 'aria-expanded')).toBe('true')
    await page.keyboard.press('Escape')
    expect(await page.isVisible('#explanation')).toBe(false)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-decision'))).toBe(id)
  })

  it('replays as one types, and dims what is old while the rules are wrong', async () => {
    await retype('let backlog = 500ms', '500ms', '500')
    await page.waitForSelector('#picture.stale')
    expect(await page.textContent('#problems')).toContain('a Duration is compared with a Number')
    expect(await page.textContent('[data-target="deployment/workers"] summary')).toContain('→ 8')
    // Its place is a button.
    await page.click('.problem')
    expect(await page.evaluate(() => document.activeElement?.classList.contains('cm-content'))).toBe(true)
    expect(await page.textContent('.cm-activeLine')).toContain('gap.p95 > backlog')
    // And the language server says it under the text.
    expect(await page.waitForSelector('.cm-lintRange-error')).toBeTruthy()

    await retype('let backlog = 500', '', 's')
    await page.waitForSelector('#picture:not(.stale)')
    expect(await page.isVisible('#problems')).toBe(false)
    await page.waitForFunction(() => document.querySelector('[data-target="deployment/workers"] summary')?.textContent?.includes('→ 4'))
    expect(await page.locator('.decision').count()).toBe(0)
    expect(await page.isVisible('#save')).toBe(true)
    expect(readFileSync(join(folder, 'rules.scale'), 'utf8')).toBe(original)
  })

  it('invites who has no rule yet, and finds nothing wrong with that', async () => {
    await page.click('.cm-content')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.waitForSelector('#picture .empty:has-text("No rule yet")')
    expect(await page.isVisible('#problems')).toBe(false)
    expect(await page.textContent('#summary')).toBe('')
    await page.keyboard.type('scale deployment/workers +1')
    await page.waitForSelector('#problems:has-text("1 problem to mend.")')
    expect(await page.textContent('#problems')).not.toContain('Above is what the rules did before')
    await page.keyboard.type(' when span(workers).rate > 1/s')
    await page.waitForSelector('[data-target="deployment/workers"] .decision')
  })

  it('completes what the recording has, where nobody named a catalog', async () => {
    await page.click('.cm-content')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.keyboard.type('scale deployment/workers +1 when span(data')
    await page.waitForSelector('.cm-tooltip-autocomplete li:has-text("database")')
    await page.keyboard.press('Escape')
    // A name that is not there is a warning of the language server's, which knows what was meant.
    await page.keyboard.type('bse).rate > 1/s')
    await page.waitForSelector('.cm-lintRange-warning:has-text("databse")')
  })

  it('keeps what is not saved through a reload, and gives it up when told to', async () => {
    await retype('let backlog = 500ms', '500ms', '900ms')
    await page.waitForSelector('#picture:not(.stale)')
    await page.reload()
    await page.waitForSelector('#notice:has-text("rules.scale: your text is back, which is not saved")')
    expect(await page.textContent('.cm-content')).toContain('let backlog = 900ms')
    expect(await page.isVisible('#save')).toBe(true)
    await page.click('#notice button:has-text("Discard it")')
    await page.waitForSelector('.cm-line:has-text("let backlog = 500ms")')
    expect(await page.isVisible('#save')).toBe(false)
    expect(await page.isVisible('#notice')).toBe(false)
    await page.reload()
    await page.waitForSelector('.cm-line:has-text("let backlog = 500ms")')
    expect(await page.isVisible('#notice')).toBe(false)
  })

  it('brings a text back over a file that has changed meanwhile only when told to', async () => {
    await retype('let backlog = 500ms', '500ms', '900ms')
    writeFileSync(join(folder, 'rules.scale'), original.replace('let crowded = 300ms', 'let crowded = 301ms'))
    await page.keyboard.press('Control+s')
    await page.waitForSelector('#status:has-text("rules.scale has changed on disk")')
    await page.reload()
    await page.waitForSelector('.cm-line:has-text("let crowded = 301ms")')
    await page.click('#notice:has-text("has changed on disk since") button:has-text("Bring my text back")')
    await page.waitForSelector('.cm-line:has-text("let backlog = 900ms")')
    await page.keyboard.press('Control+s')
    await page.waitForSelector('#status:has-text("rules.scale is saved")')
    writeFileSync(join(folder, 'rules.scale'), original)
  })

  it('outlives its server, and takes from the next one what has changed', async () => {
    const first = await playground(['rules.scale'], folder)
    await page.goto(first.url)
    await page.waitForSelector('#picture [data-rule="workers-too-few"]')
    await first.stop()
    await page.waitForSelector('#status:has-text("The playground has ended")')
    await retype('let backlog = 500ms', '500ms', '900ms')
    // There is nobody who could replay or write it.
    await page.waitForSelector('#picture.stale')
    await page.keyboard.press('Control+s')
    await page.waitForSelector('#status:has-text("rules.scale is not saved: the playground has ended")')
    writeFileSync(join(folder, 'rules.scale'), original.replace('let crowded = 300ms', 'let crowded = 301ms'))
    const next = await playground(['--port', String(first.port), 'rules.scale'], folder)
    await page.waitForSelector('#picture:not(.stale)')
    await page.waitForSelector('#notice:has-text("rules.scale has changed on disk while you edit it here")')
    await page.keyboard.press('Control+s')
    await page.waitForSelector('#status:has-text("is not overwritten")')
    await page.click('#notice button:has-text("Take what is on disk")')
    await page.waitForSelector('.cm-line:has-text("let crowded = 301ms")')
    expect(await page.isVisible('#save')).toBe(false)
    writeFileSync(join(folder, 'rules.scale'), original)
    await next.stop()
  })

  it('stays where it is while one types: neither a problem nor another decision moves what is looked at', async () => {
    const places = () => page.locator('.card').evaluateAll((cards) => cards.map((card) => `${card.getAttribute('data-target')}`))
    const top = () =>
      page
        .locator('.card')
        .first()
        .evaluate((card) => card.getBoundingClientRect().top)
    const [order, height] = [await places(), await top()]
    await retype('let crowded = 300ms', '300ms', '50')
    await page.waitForSelector('#problems:has-text("to mend")')
    expect(await top()).toBe(height)
    await page.keyboard.type('ms')
    // Of a card that was the last one, and is opened by what happens to it.
    await page.waitForSelector('[data-target="statefulset/database"] .decision.up')
    expect(await places()).toEqual(order)
    expect(await top()).toBe(height)
  })

  it('explains the decision anew when the rules are edited, and leaves the focus where it is', async () => {
    await page.click('.decision.up')
    await page.waitForSelector('#explanation pre:has-text("> 500ms")')
    await retype('let backlog = 500ms', '500ms', '600ms')
    await page.waitForSelector('#explanation pre:has-text("> 600ms")')
    expect(await page.getAttribute('.decision.up', 'aria-expanded')).toBe('true')
    expect(await page.evaluate(() => document.activeElement?.classList.contains('cm-content'))).toBe(true)
    for (const _ of '600ms') await page.keyboard.press('Backspace')
    await page.keyboard.type('9s')
    await page.waitForSelector('#explanation pre:has-text("no such decision is made at this time")')
    expect(await page.evaluate(() => document.activeElement?.classList.contains('cm-content'))).toBe(true)
  })

  it('mends a problem by the keyboard alone', async () => {
    await retype('cooldown 15s', '15s', '15')
    await page.waitForSelector('.cm-lintRange-error')
    await page.keyboard.press('F8')
    await page.waitForSelector('.cm-diagnosticAction')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Write 15s')
    await page.keyboard.press('Enter')
    await page.waitForSelector('#picture:not(.stale)')
    expect(await page.isVisible('#problems')).toBe(false)
  })

  it('saves on Ctrl+S', async () => {
    await retype('let backlog = 500ms', '500ms', '700ms')
    await page.keyboard.press('Control+s')
    await page.waitForSelector('#status:has-text("rules.scale is saved")')
    expect(readFileSync(join(folder, 'rules.scale'), 'utf8')).toBe(original.replace('let backlog = 500ms', 'let backlog = 700ms'))
    expect(await page.isVisible('#save')).toBe(false)
    await retype('let backlog = 700ms', '700ms', '500ms')
    await page.keyboard.press('Control+s')
    await page.waitForSelector('#save', { state: 'hidden' })
  })

  it('has a tab for each of several files, which tells what is not saved, and renames across them', async () => {
    writeFileSync(join(folder, 'base.scale'), 'let wait = 500ms\n')
    writeFileSync(
      join(folder, 'uses.scale'),
      'import "base.scale"\nlate: scale deployment/workers +4 when span(workers/"process messages").gap.p95 > wait 2 times in 15s\n',
    )
    const two = await playground(['uses.scale'], folder)
    await page.goto(two.url)
    const tabs = () => page.locator('.tab').evaluateAll((all) => all.map((tab) => `${tab.textContent}${tab.ariaSelected === 'true' ? ' in view' : ''}`))
    await page.waitForSelector('#language[data-state="ready"]')
    expect(await tabs()).toEqual(['uses.scale in view', 'base.scale'])
    await page.focus('.editor:not([hidden]) .cm-content')
    await page.keyboard.press('Control+End')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('End')
    // Onto `wait`, from the end of ` 2 times in 15s`.
    for (const _ of ' 2 times in 15s.') await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+F12')
    await page.waitForSelector('.cm-lsp-reference-panel:has-text("base.scale")')
    await page.keyboard.press('Escape')
    await page.keyboard.press('F2')
    await page.waitForSelector('.cm-lsp-rename-panel input')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('patience')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.tab:has-text("base.scale •")')
    expect(await tabs()).toEqual(['uses.scale • in view', 'base.scale •'])
    await page.waitForSelector('#picture:not(.stale) [data-rule="late"]')
    // By the keyboard, which stays on the tabs: they are one stop.
    await page.focus('.tab:has-text("uses.scale")')
    await page.keyboard.press('ArrowRight')
    expect(await tabs()).toEqual(['uses.scale •', 'base.scale • in view'])
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('base.scale •')
    expect(await page.textContent('.editor:not([hidden]) .cm-content')).toContain('let patience = 500ms')
    await two.stop()
  })

  it('starts with other replicas, and with another recording', async () => {
    await page.fill('[data-key="start deployment/workers"]', '10')
    await page.keyboard.press('Tab')
    await page.waitForFunction(() => document.querySelector('[data-target="deployment/workers"] summary')?.textContent?.includes('→ 14'))
    await page.selectOption('#recording', { label: (await page.locator('#recording option').nth(1).textContent()) ?? '' })
    await page.waitForSelector('[data-target="statefulset/database"] .decision.up')
  })

  it('is used without a mouse', async () => {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('recording')
    await page.keyboard.press('Alt+1')
    expect(await page.evaluate(() => document.activeElement?.classList.contains('cm-content'))).toBe(true)
    // Nobody is caught in the editor.
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('divider')
    await page.keyboard.press('ArrowRight')
    expect(await page.getAttribute('#divider', 'aria-valuenow')).toBe('44')
    await page.keyboard.press('Alt+.')
    await page.waitForSelector('#explanation h2:has-text("4 → 8")')
    await page.keyboard.press('ArrowRight')
    await page.waitForSelector('#explanation h2:has-text("steady at 8")')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Shift+?')
    expect(await page.isVisible('#keys')).toBe(true)
    expect(await page.textContent('#keys')).toContain('explain the next')
    await page.keyboard.press('Escape')
    expect(await page.isVisible('#keys')).toBe(false)
  })

  it('is light or dark as the system is, and as somebody says', async () => {
    const theme = (wanted: string): Promise<unknown> => page.waitForFunction((each) => document.documentElement.dataset.theme === each, wanted)
    await page.emulateMedia({ colorScheme: 'dark' })
    await theme('dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await theme('light')
    expect(await page.textContent('#theme-name')).toBe('Dark')
    await page.click('#theme')
    await theme('dark')
    await page.reload()
    await page.waitForSelector('.card')
    await theme('dark')
    await page.evaluate(() => localStorage.clear())
  })

  it.each(['light', 'dark'] as const)('has texts that are told from their ground, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    await page.click('.decision.up')
    await page.waitForSelector('#explanation pre:has-text("From truth to a number")')
    expect(await lowContrast(page)).toEqual([])
    await page.keyboard.press('Escape')
    await retype('cooldown 15s', '15s', '15')
    await page.waitForSelector('.cm-lintRange-error')
    await page.keyboard.press('F8')
    await page.waitForSelector('.cm-diagnosticAction')
    expect(await lowContrast(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
  })

  it('shows decisions that are close to each other below each other', async () => {
    await page.setViewportSize({ width: 360, height: 900 })
    await page.locator('.decision').first().scrollIntoViewIfNeeded()
    await page.waitForFunction(() => document.querySelector<HTMLElement>('.decisions')?.style.getPropertyValue('--rows') === '3')
    const boxes = await page
      .locator('[data-target="deployment/workers"] .decision')
      .evaluateAll((markers) => markers.map((marker) => marker.getBoundingClientRect().toJSON() as DOMRect))
    const overlapping = boxes.filter((a, i) => boxes.some((b, j) => j > i && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom))
    expect(overlapping).toEqual([])
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('gives an explanation all of a small window, as it is with letters twice as large', async () => {
    await page.setViewportSize({ width: 720, height: 450 })
    await page.keyboard.press('Alt+.')
    await page.waitForSelector('#explanation pre:has-text("From truth to a number")')
    const { width, height } = (await page.locator('#explanation').boundingBox()) ?? { width: 0, height: 0 }
    expect([width, height]).toEqual([704, 434])
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it.each([360, 700, 1000])('fits %d pixels', async (width) => {
    await page.setViewportSize({ width, height: 900 })
    await page.waitForFunction((most) => document.querySelector('.chart canvas') !== null && document.documentElement.scrollWidth <= most, width)
    // Not even a part of a pixel is cut, which would be dots.
    const shown = (name: Element): number => {
      const text = document.createRange()
      text.selectNodeContents(name)
      return name.getBoundingClientRect().width - text.getBoundingClientRect().width
    }
    expect(await page.locator('[data-target="deployment/workers"] h2').evaluate(shown)).toBeGreaterThanOrEqual(0)
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('says how to give it a recording where there is none, and waits for nothing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'scale-page-empty-'))
    const other = await playground([], empty)
    await page.goto(other.url)
    await page.waitForSelector('#picture .empty:has-text("No recording yet")')
    expect(await page.textContent('#status')).toBe('')
    expect(await page.isDisabled('#recording')).toBe(true)
    await page.waitForSelector('.cm-line:has-text("scale deployment/adservice +2")')
    await other.stop()
    rmSync(empty, { recursive: true })
  })

  it('a page from elsewhere can neither read it nor drive it', async () => {
    const elsewhere = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>elsewhere</title>'))
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const stranger = await chromium.context.newPage()
    await stranger.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)
    const got = await stranger.evaluate(async (url) => {
      const socket = (path: string): Promise<string> =>
        new Promise((found) => {
          const opened = new WebSocket(url.replace('http', 'ws') + path)
          opened.onopen = () => found('open')
          opened.onerror = () => found('refused')
        })
      const read = await fetch(url).then(
        () => 'read',
        () => 'refused',
      )
      return [read, await socket('replay'), await socket('language')]
    }, running.url)
    expect(got).toEqual(['refused', 'refused', 'refused'])
    await stranger.close()
    await new Promise((resolve) => elsewhere.close(resolve))
  })
})

/** Each visible text with less contrast than level AA of WCAG 2.2 asks for (1.4.3), its ratio before its first words. */
function lowContrast(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    type Colour = readonly [red: number, green: number, blue: number, alpha: number]
    const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
    // However a style says it: a canvas knows all ways.
    const colour = (text: string): Colour => {
      probe.clearRect(0, 0, 1, 1)
      probe.fillStyle = text
      probe.fillRect(0, 0, 1, 1)
      const [red = 0, green = 0, blue = 0, alpha = 0] = probe.getImageData(0, 0, 1, 1).data
      return [red, green, blue, alpha / 255]
    }
    const over = ([r, g, b, alpha]: Colour, [R, G, B]: Colour): Colour => [
      r * alpha + R * (1 - alpha),
      g * alpha + G * (1 - alpha),
      b * alpha + B * (1 - alpha),
      1,
    ]
    const ground = (start: Element): Colour => {
      const layers: Colour[] = []
      for (let each: Element | null = start; each !== null && layers.at(-1)?.[3] !== 1; each = each.parentElement)
        layers.push(colour(getComputedStyle(each).backgroundColor))
      return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1] as Colour)
    }
    const part = (value: number): number => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)
    const luminance = ([red, green, blue]: Colour): number => 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    const found: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode() !== null) {
      const element = texts.currentNode.parentElement as HTMLElement
      const text = texts.currentNode.textContent?.trim() ?? ''
      if (text === '' || !element.checkVisibility({ checkVisibilityCSS: true })) continue
      const below = ground(element)
      const style = getComputedStyle(element)
      const [light = 0, dark = 0] = [luminance(over(colour(style.color), below)), luminance(below)].sort((a, b) => b - a)
      const ratio = (light + 0.05) / (dark + 0.05)
      const size = Number.parseFloat(style.fontSize)
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (isLarge ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${text.slice(0, 30)}`)
    }
    return found
  })
}
