/** The windows that a command line means. */
import type { Change, Window } from '../../blame/index.ts'
import type { Nanos } from '../../spans/index.ts'
import { durationOf, type Parsed } from '../replay/arguments.ts'

export interface WindowOptions {
  readonly at?: string
  readonly from?: string
  readonly to?: string
  /** Two times. */
  readonly baseline?: readonly string[]
}

export interface Windows {
  readonly baseline: Window
  readonly window: Window
  /** Why these, where nobody named them. */
  readonly found?: Change
}

/** `find` is asked where no time is given; `recorded` spans all traces. */
export function windowsOf(options: WindowOptions, recorded: Window, find: () => Change | undefined): Parsed<Windows> {
  const { at, from, to, baseline } = options
  if (at !== undefined && (from !== undefined || to !== undefined)) return { problem: 'give --at, or --from and --to, one of the two' }
  if (to !== undefined && from === undefined) return { problem: '--to needs --from' }
  if (baseline !== undefined && baseline.length !== 2) return { problem: `--baseline takes two times, from and to; here are ${baseline.length}` }
  const start = at ?? from
  if (start === undefined && baseline !== undefined) return { problem: '--baseline needs --at or --from' }
  if (start === undefined) {
    const found = find()
    return found === undefined
      ? { problem: 'the recording has too few traces to find a window in; name one with --at or --from' }
      : { value: { baseline: found.baseline, window: found.window, found } }
  }
  const parsed = [
    timeOf(at === undefined ? '--from' : '--at', start, recorded.from),
    to === undefined ? { value: recorded.to } : timeOf('--to', to, recorded.from),
    baseline === undefined ? { value: recorded.from } : timeOf('--baseline', baseline[0] as string, recorded.from),
  ]
  const until = baseline === undefined ? parsed[0] : timeOf('--baseline', baseline[1] as string, recorded.from)
  const times: Nanos[] = []
  for (const time of [...parsed, until]) {
    if (time === undefined || 'problem' in time) return time ?? { problem: 'a time is missing' }
    times.push(time.value)
  }
  const [begin, end, baseFrom, baseTo] = times as [Nanos, Nanos, Nanos, Nanos]
  if (end <= begin) return { problem: `the window ends at ${isoOf(end)}, before it begins at ${isoOf(begin)}` }
  if (baseTo <= baseFrom) return { problem: baseline === undefined ? `nothing was recorded before ${isoOf(begin)}` : 'the baseline ends before it begins' }
  if (baseFrom < end && baseTo > begin) return { problem: 'the baseline and the window overlap' }
  return { value: { baseline: { from: baseFrom, to: baseTo }, window: { from: begin, to: end } } }
}

/** `2022-08-23T16:31:35Z`, `16:31:35` on the day of `start` (or the next, where that is before it), `+1m30s` after `start`. */
export function timeOf(option: string, text: string, start: Nanos): Parsed<Nanos> {
  if (text.startsWith('+')) {
    const offset = durationOf(option, text.slice(1))
    return 'problem' in offset ? offset : { value: start + offset.value }
  }
  const clock = /^(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(text)
  if (clock !== null) {
    const [, hours, minutes, seconds = '0'] = clock
    const ofDay = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e9
    const time = Math.floor(start / day) * day + ofDay
    // To the second, as people read it off.
    return { value: time < Math.floor(start / 1e9) * 1e9 ? time + day : time }
  }
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) return { problem: `${option} ${text}: a time is written 2026-05-04T16:31:35Z, 16:31:35 or +1m30s` }
  return { value: ms * 1e6 }
}

const day = 86_400e9

export function isoOf(time: Nanos): string {
  return new Date(time / 1e6).toISOString()
}
