/** An editor at work in a folder of its own, and what it wrote down there. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'

/** One unit is missing, and the layout is not that of the formatter. */
export const broken = `language 1

let slow = 400

target deployment/adservice { between 1 and 10 cooldown 60s }

/// Ads breach their latency objective.
ads-slow:   scale deployment/adservice +2 when span(adservice/GetAds).p99 > slow 5 times in 60s
`

export class Driven {
  readonly folder: string
  /** What the editor is told to write. */
  readonly transcript: string
  #seen = ''

  /** With a rule file `ads.scale`, and the editor's own `files`. */
  constructor(name: string, files: Readonly<Record<string, string>>) {
    this.folder = mkdtempSync(join(tmpdir(), `scale-${name}-`))
    this.transcript = join(this.folder, 'transcript')
    mkdirSync(join(this.folder, 'bin'))
    symlinkSync(resolve('dist/scalec.js'), join(this.folder, 'bin/scalec'))
    for (const [path, text] of Object.entries({ ...files, 'ads.scale': broken })) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true })
      writeFileSync(join(this.folder, path), text)
    }
  }

  /** Runs the editor, whose home is the folder, to its end. */
  async run(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const path = [join(this.folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter)
    const said = await new Promise<string>((done) => {
      const options = { cwd: this.folder, env: { PATH: path, HOME: this.folder, ...environment }, timeout: 55_000 }
      execFile(program, args, options, (_error, stdout, stderr) => done(`${stdout}${stderr}`)).stdin?.end()
    })
    this.#seen = existsSync(this.transcript) ? readFileSync(this.transcript, 'utf8') : said
  }

  get seen(): string {
    return this.#seen
  }

  line(start: string): string {
    const found = this.#seen.split('\n').find((each) => each.startsWith(start))
    if (found === undefined) throw new Error(`no line "${start}" in:\n${this.#seen}`)
    return found
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
