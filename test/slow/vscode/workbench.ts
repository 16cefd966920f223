/** VS Code in a browser, as somebody at its keyboard has it: whatever is done here waits for what it does to be seen. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { type Browser, browser } from '../../playground/chromium.ts'

/** Nothing of the editor's own that moves, asks or talks to others. */
const settings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'files.autoSave': 'off',
  'editor.hover.delay': 0,
}

/** How long a busy machine may take until what was done is seen. */
export const patienceMs = 20_000

export interface WorkbenchOptions {
  /** Of code-server. */
  readonly program: string
  readonly vsix: string
  /** The workspace. */
  readonly folder: string
  /** For the editor's own files. */
  readonly state: string
}

export class Workbench {
  readonly page: Page
  readonly #folder: string
  readonly #close: () => Promise<void>

  private constructor(page: Page, folder: string, close: () => Promise<void>) {
    this.page = page
    this.#folder = folder
    this.#close = close
  }

  static async open({ program, vsix, folder, state }: WorkbenchOptions): Promise<Workbench> {
    mkdirSync(join(state, 'User'), { recursive: true })
    writeFileSync(join(state, 'User/settings.json'), JSON.stringify(settings))
    writeFileSync(join(state, 'config.yaml'), 'auth: none\n')
    const places = ['--config', join(state, 'config.yaml'), '--user-data-dir', state, '--extensions-dir', join(state, 'extensions')]
    const env = withoutEditor(process.env)
    execFileSync(process.execPath, [program, ...places, '--install-extension', vsix], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override']
    const server = spawn(process.execPath, [program, ...places, ...quiet, '--bind-addr', '127.0.0.1:0'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let chromium: Browser | undefined
    const close = async (): Promise<void> => {
      await chromium?.close()
      await ended(server)
    }
    try {
      const url = await addressOf(server)
      chromium = await browser()
      const page = await chromium.context.newPage()
      page.setDefaultTimeout(patienceMs)
      await page.goto(`${url}?folder=${encodeURIComponent(folder)}`)
      // The first file of the explorer: before, it does not know the workspace.
      await page.locator('.explorer-viewlet .monaco-list-row').first().waitFor()
      return new Workbench(page, folder, close)
    } catch (error) {
      await close()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#close()
  }

  /** From the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1')
    await this.choose(title, `>${title}`)
  }

  /** The row that is called so, in the list that is offered at the top; `typed` finds it. */
  async choose(name: string, typed = name): Promise<void> {
    const { page } = this
    const input = page.locator('.quick-input-widget:visible input[type=text]')
    await input.fill(typed)
    await page.locator(`.quick-input-list .monaco-list-row:is([aria-label="${name}"], [aria-label^="${name},"])`).first().click()
    await input.waitFor({ state: 'hidden' })
  }

  async openFile(name: string): Promise<void> {
    const shown = this.page.locator('.editor-group-container.active .tab.active', { hasText: name })
    await this.insist(async () => {
      await this.page.keyboard.press('Control+P')
      await this.choose(name)
    }, shown)
  }

  /** Both from 1, as the editor counts. */
  async goTo(line: number, column = 1): Promise<void> {
    const { page } = this
    await page.keyboard.press('Control+G')
    const input = page.locator('.quick-input-widget:visible input[type=text]')
    await input.fill(`:${line}:${column}`)
    await page.keyboard.press('Enter')
    await page.locator('[id="status.editor.selection"]', { hasText: `Ln ${line}, Col ${column}` }).waitFor()
  }

  /** Saves the file in view; what is on disk then. */
  async saved(name: string): Promise<string> {
    const { page } = this
    await page.keyboard.press('Control+S')
    await page.locator('.editor-group-container.active .tab.active:not(.dirty)', { hasText: name }).waitFor()
    return readFileSync(join(this.#folder, name), 'utf8')
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text)
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  /** What is offered for completion; the one with the label is in focus. */
  async suggestions(focused: string): Promise<readonly string[]> {
    const list = this.page.locator('.suggest-widget.visible .monaco-list-row')
    await list.and(this.page.locator('.focused')).locator('.label-name', { hasText: focused }).waitFor()
    return list.locator('.label-name').allTextContents()
  }

  /** The lens with the text, above whichever line. */
  lens(text: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration:visible a', { hasText: text })
  }

  /** Of the text in the editor's part with that tab. */
  async textBeside(tab: string): Promise<string> {
    const group = this.page.locator('.editor-group-container', { has: this.page.locator('.tab.active', { hasText: tab }) })
    await group.locator('.view-line').first().waitFor()
    return plain((await group.locator('.view-line').allTextContents()).join('\n'))
  }

  /** Does it again where nothing comes of it: what the editor draws anew just then, it takes away. */
  async insist(act: () => Promise<void>, wanted: Locator): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await act()
        return await wanted.first().waitFor({ timeout: patienceMs / 4 })
      } catch (error) {
        if (tries === 4) throw error
      }
    }
  }

  /** The first lens with the text, until what it does is seen. */
  pressLens(text: string | RegExp, wanted: string): Promise<void> {
    return this.insist(
      () =>
        this.lens(text)
          .first()
          .click({ timeout: patienceMs / 4 }),
      this.page.locator(wanted),
    )
  }

  /** An editor's formatted page, which is a page within a page. */
  preview(): ReturnType<Page['frameLocator']> {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame')
  }

  async labels(rows: string): Promise<readonly string[]> {
    const found = await this.page.locator(rows).evaluateAll((elements) => elements.map((element) => element.getAttribute('aria-label') ?? ''))
    return found.map(plain)
  }
}

/** Spaces are of another kind where the editor draws them. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ')
}

/** A test that is run in an editor's terminal would be handed to that editor. */
function withoutEditor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_)/.test(name)))
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = ''
    for (const stream of [server.stdout, server.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk
        const [, url] = /HTTP server listening on (http:\S+)/.exec(said) ?? []
        if (url !== undefined) found(url)
      })
    server.once('exit', (code) => failed(new Error(`code-server ended with ${code}:\n${said}`)))
  })
}

/** With all that it has started: it is the first of its group. */
async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return
  const gone = new Promise((done) => server.once('exit', done))
  process.kill(-server.pid, 'SIGKILL')
  await gone
}
