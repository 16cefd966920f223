/** The live view: a picture of the moment as a few lines. On a terminal they are redrawn in place, elsewhere a line is printed now and then. */

import { ms, seconds } from './story.ts'

/** What is shown. */
export interface Picture {
  readonly elapsed: number
  readonly total: number
  readonly phase: string
  readonly perSecond: number
  /** Of each second so far, measured by the load generator; undefined of a second without answers. */
  readonly p99s: readonly (number | undefined)[]
  readonly thresholdMs: number
  readonly ready: number
  readonly desired: number | undefined
  readonly rules: readonly RuleLine[]
  /** Why the daemon does nothing, when it wants to. */
  readonly hold: Hold | undefined
  /** The last things that happened, oldest first. */
  readonly events: readonly string[]
}

export interface Hold {
  readonly reason: string
  readonly message: string
}

export interface RuleLine {
  readonly name: string
  readonly truth: string
  readonly why: string
}

const bars = '▁▂▃▄▅▆▇█'
const eventLines = 6
/** Between two lines where there is no terminal. */
const plainSeconds = 2

/** One character a value; the scale is logarithmic from 50 ms to 2 s, so that both a calm 90 ms and a queue's second show. */
export function sparkline(values: readonly (number | undefined)[]): string {
  return values
    .map((v) => {
      if (v === undefined) return ' '
      const share = Math.log(Math.max(v, 50) / 50) / Math.log(2000 / 50)
      return bars[Math.min(bars.length - 1, Math.floor(share * bars.length))]
    })
    .join('')
}

/** Always the same number of lines for the same number of rules, so that redrawing leaves nothing behind. */
export function frame(picture: Picture, width: number, paint: Paint = plain): string[] {
  const { p99s, thresholdMs, ready, desired, elapsed, total } = picture
  const now = latest(p99s)
  const nameWidth = Math.max(5, ...picture.rules.map((r) => r.name.length))
  const lines = [
    `${bar(elapsed / total, 20)} ${String(Math.floor(elapsed)).padStart(2)} of ${total} s   ${picture.phase}, ${picture.perSecond} requests/s`,
    '',
    `p99       ${paint(sparkline(p99s.slice(-(width - 40))), now !== undefined && now > thresholdMs ? 'bad' : 'good')} ${ms(now)} (threshold ${thresholdMs} ms)`,
    `replicas  ${'■ '.repeat(ready)}${'□ '.repeat(Math.max(0, (desired ?? ready) - ready))}${ready} ready${desired !== undefined && desired !== ready ? `, ${desired} wanted` : ''}`,
    '',
    ...picture.rules.map((r) => `${r.name.padEnd(nameWidth)}  ${paint(r.truth.padEnd(7), r.truth === 'true' ? 'bad' : 'dim')}  ${r.why}`),
    picture.hold === undefined ? '' : `${'held'.padEnd(nameWidth)}  ${picture.hold.reason}: ${picture.hold.message}`,
    '',
  ]
  const events = picture.events.slice(-eventLines)
  return [...lines, ...events, ...Array<string>(eventLines - events.length).fill('')].map((line) => clip(line, width))
}

/** The picture as one line, for logs. */
export function line(picture: Picture): string {
  const now = latest(picture.p99s)
  const firing = picture.rules.filter((r) => r.truth === 'true').map((r) => r.name)
  return [
    `${seconds(picture.elapsed).padStart(6)}`,
    `${picture.phase} ${picture.perSecond}/s`.padEnd(16),
    `p99 ${ms(now)}`.padEnd(12),
    `replicas ${picture.ready}${picture.desired !== undefined && picture.desired !== picture.ready ? ` of ${picture.desired}` : ''}`.padEnd(16),
    firing.length === 0 ? '' : `true: ${firing.join(', ')}`,
    picture.hold === undefined ? '' : `held: ${picture.hold.reason}`,
  ]
    .filter((part) => part !== '')
    .join('  ')
    .trimEnd()
}

export type Paint = (text: string, tone: 'good' | 'bad' | 'dim') => string
const plain: Paint = (text) => text
const codes = { good: 32, bad: 31, dim: 2 }
export const coloured: Paint = (text, tone) => `\u001b[${codes[tone]}m${text}\u001b[0m`

function latest(values: readonly (number | undefined)[]): number | undefined {
  return values.findLast((v) => v !== undefined)
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return `[${'='.repeat(full)}${' '.repeat(width - full)}]`
}

/** Cuts what would wrap and shift the lines below; colour codes take no room. */
function clip(text: string, width: number): string {
  let room = width
  let out = ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that starts a colour code is what is looked for
  for (const part of text.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b')) out += part
    else {
      out += part.slice(0, room)
      room -= Math.min(room, part.length)
    }
  }
  return out
}

export interface View {
  show(picture: Picture): void
  /** Leaves the last picture standing. */
  end(): void
}

export function createView(out: NodeJS.WriteStream): View {
  if (!out.isTTY) {
    let shown = -1
    let told = 0
    return {
      show(picture) {
        for (; told < picture.events.length; told++) out.write(`${picture.events[told]}\n`)
        const due = Math.floor(picture.elapsed / plainSeconds)
        if (due === shown) return
        shown = due
        out.write(`${line(picture)}\n`)
      },
      end() {},
    }
  }
  const paint = process.env.NO_COLOR === undefined ? coloured : plain
  let drawn = 0
  return {
    show(picture) {
      const lines = frame(picture, Math.max(40, out.columns ?? 80) - 1, paint)
      // Up to the first line of the last picture, then each line over its predecessor: no flicker, and scrollback stays whole.
      out.write(`${drawn === 0 ? '\u001b[?25l' : `\u001b[${drawn}A`}${lines.map((l) => `\u001b[2K${l}\n`).join('')}`)
      drawn = lines.length
    },
    end() {
      if (drawn > 0) out.write('\u001b[?25h')
    },
  }
}
