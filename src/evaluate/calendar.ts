/** `during`: whether an instant lies in a weekly stretch of a time zone's wall clock. Pure: the instant is an argument. */
import type { ConditionIR } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'

export type DuringIR = Extract<ConditionIR, { kind: 'during' }>

const nanosPerMinute = 60e9
const minutesPerDay = 1440
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** What the clocks of a zone show. */
interface LocalTime {
  /** 0 Sunday to 6. */
  readonly day: number
  /** Of the day. */
  readonly minute: number
}

/** Local times, worked out once a minute and zone: formatting costs microseconds and thousands of rules may ask. */
export class Calendar {
  readonly #zones = new Map<string, { readonly format: Intl.DateTimeFormat; minute: number; local: LocalTime }>()

  /** Throws a RangeError on an unknown time zone, which the checker refuses. */
  localTime(at: Nanos, zone: string): LocalTime {
    let known = this.#zones.get(zone)
    if (known === undefined) {
      const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
      known = { format, minute: Number.NaN, local: { day: 0, minute: 0 } }
      this.#zones.set(zone, known)
    }
    const minute = Math.floor(at / nanosPerMinute)
    if (known.minute !== minute) {
      known.minute = minute
      known.local = localTimeOf(known.format, minute)
    }
    return known.local
  }

  /** A stretch over midnight belongs to the day on which it begins; no days means every day; equal ends mean the whole day. */
  includes({ days, fromMinute, toMinute, zone }: DuringIR, at: Nanos): boolean {
    const { day, minute } = this.localTime(at, zone)
    const on = (d: number): boolean => days.length === 0 || days.includes(d)
    if (fromMinute === toMinute) return on(day)
    if (fromMinute < toMinute) return on(day) && minute >= fromMinute && minute < toMinute
    return (on(day) && minute >= fromMinute) || (on((day + 6) % 7) && minute < toMinute)
  }
}

function localTimeOf(format: Intl.DateTimeFormat, minute: number): LocalTime {
  const parts = new Map(format.formatToParts(minute * 60_000).map(({ type, value }) => [type, value]))
  return {
    day: weekdays.indexOf(parts.get('weekday') ?? ''),
    minute: (Number(parts.get('hour')) * 60 + Number(parts.get('minute'))) % minutesPerDay,
  }
}
