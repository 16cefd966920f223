/** A real browser without a window. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

const program = '/usr/bin/chromium'
/** Why tests in it are left out; undefined where it is there. */
export const missing = existsSync(program) ? undefined : `left out: there is no ${program}`

export interface Browser {
  readonly context: BrowserContext
  close(): Promise<void>
}

export async function browser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'scale-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    viewport: { width: 1440, height: 900 },
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
