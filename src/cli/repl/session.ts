/** One session: a line in, text out. */
import { refusals } from '../../bundle/index.ts'
import { type Catalog, nearest } from '../../language/index.ts'
import { missingNames } from '../../recordings/index.ts'
import { durationOf } from '../replay/arguments.ts'
import { diagnosticsText } from '../rules.ts'
import { measure, type Series } from './measure.ts'
import { type Probe, probeOf } from './probe.ts'
import type { KnownRules } from './rules.ts'
import { seriesText } from './show.ts'

export const commands: Readonly<Record<string, string>> = {
  ':help': 'says this',
  ':rules': 'lists the rules of the project',
  ':rule NAME': 'shows one of them over the recording',
  ':steps': 'shows every step of what was measured last',
  ':every D': 'sets the step, such as 1s; :every alone takes it back',
  ':quit': 'ends',
}
export const commandNames: readonly string[] = Object.keys(commands).map((name) => name.split(' ', 1)[0] as string)

export interface SessionOptions {
  readonly recordings: readonly string[]
  /** What the recording has. */
  readonly catalog: Catalog
  readonly rules: KnownRules
  readonly latenessNs: number
  readonly colour: boolean
}

export class Session {
  readonly #options: SessionOptions
  #every: string | undefined
  #last: { readonly kind: Probe['kind']; readonly series: Series } | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** The answer to a line; undefined ends the session. */
  async answer(line: string, signal?: AbortSignal): Promise<string | undefined> {
    const text = line.trim()
    if (text === '' || text.startsWith('//')) return ''
    return text.startsWith(':') ? this.#command(text, signal) : this.#probe(text, signal)
  }

  async #command(text: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const [name = '', ...rest] = text.split(/\s+/)
    const argument = rest.join(' ')
    switch (name) {
      case ':quit':
      case ':q':
        return undefined
      case ':help':
        return helpText
      case ':rules':
        return this.#rules()
      case ':rule': {
        const probe = this.#options.rules.probe(argument)
        return probe === undefined ? `There is no rule ${argument}; :rules lists them.\n` : this.#measure(probe, signal)
      }
      case ':steps':
        return this.#last === undefined ? 'Nothing was measured yet.\n' : seriesText(this.#last.kind, this.#last.series, true)
      case ':every':
        return this.#setEvery(argument)
      default: {
        const meant = nearest(name, commandNames)
        return `There is no command ${name}; ${meant === undefined ? ':help lists them' : `did you mean ${meant}?`}\n`
      }
    }
  }

  #rules(): string {
    const { words, problem } = this.#options.rules
    if (problem !== undefined && words.size === 0) return `The rules cannot be used: ${problem}\n`
    if (words.size === 0) return 'There are no rules: name some with --rules, or put a scale.json here.\n'
    return [...words].map(([name, rule]) => `${name}: ${rule}\n`).join('')
  }

  #setEvery(argument: string): string {
    if (argument === '') {
      this.#every = undefined
      return ''
    }
    const parsed = durationOf(':every', argument)
    if ('problem' in parsed) return `${parsed.problem}\n`
    const tried = probeOf('span(any).count', { ...this.#options.rules.surroundings, every: argument })
    if ('mistake' in tried) return `${tried.mistake.diagnostics[0]?.message ?? ''}\n`
    this.#every = argument
    return ''
  }

  async #probe(line: string, signal: AbortSignal | undefined): Promise<string> {
    const { rules, colour } = this.#options
    const result = probeOf(line, { ...rules.surroundings, ...(this.#every === undefined ? {} : { every: this.#every }) })
    if ('mistake' in result) return diagnosticsText(result.mistake.diagnostics, [result.mistake.source], colour, { failLevel: 'error', all: false })
    return this.#measure(result.probe, signal)
  }

  async #measure({ kind, bundle }: Probe, signal: AbortSignal | undefined): Promise<string> {
    const { recordings, catalog, latenessNs } = this.#options
    const [refused] = refusals(bundle)
    if (refused !== undefined) return `This version cannot measure ${refused.what} yet.\n`
    const series = await measure(bundle, recordings, { latenessNs, ...(signal === undefined ? {} : { signal }) })
    if ('error' in series) return `${series.error}\n`
    this.#last = { kind, series }
    const missing = missingNames(bundle, catalog).map(({ message }) => `  warning: ${message}\n`)
    return `${missing.join('')}${seriesText(kind, series)}`
  }
}

const width = Math.max(...Object.keys(commands).map((name) => name.length))
const helpText = `Type a value, such as   span(adservice/GetAds).p99 over 1m
or a condition, such as span(adservice/GetAds).p99 > 400ms 5 times in 60s
and see it over the recording. Tab completes services, operations and statistics.
${Object.entries(commands)
  .map(([name, what]) => `  ${name.padEnd(width)}  ${what}\n`)
  .join('')}`
