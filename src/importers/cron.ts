/** KEDA's cron triggers as `during`. */
import { isZone } from './zone.ts'

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const dayMinutes = 1440
const weekMinutes = 7 * dayMinutes

/** `during mon-fri 08:00-18:00 in "Europe/Paris"`, several of them with `or`; or why not. */
export function cronCondition(start: string, end: string, zone: string): string | { readonly why: string } {
  if (!isZone(zone)) return { why: `the time zone ${JSON.stringify(zone)} is not known` }
  const [starts, ends] = [timesOf(start), timesOf(end)]
  const unclear = starts === undefined ? start : ends === undefined ? end : undefined
  if (unclear !== undefined || starts === undefined || ends === undefined)
    return { why: `${JSON.stringify(unclear)} is not a time of certain days of the week, and \`during\` knows no other calendar` }
  const inside = Array.from({ length: 7 }, (): [number, number][] => [])
  for (const from of starts) {
    // Up to the next end, also of the week after.
    const length = Math.min(...ends.map((to) => (to - from + weekMinutes) % weekMinutes || weekMinutes))
    for (let at = from; at < from + length; ) {
      const midnight = (Math.floor(at / dayMinutes) + 1) * dayMinutes
      const until = Math.min(midnight, from + length)
      inside[Math.floor(at / dayMinutes) % 7]?.push([at % dayMinutes, ((until - 1) % dayMinutes) + 1])
      at = until
    }
  }
  return stretches(inside)
    .map(([days, [from, to]]) => `during ${daysText(days)}${from === 0 && to === dayMinutes ? '' : `${clock(from)}-${clock(to % dayMinutes)}`}`.trimEnd())
    .map((text) => `${text === 'during' ? 'during mon-sun' : text} in ${JSON.stringify(zone)}`)
    .join(' or ')
}

/** Minutes of the week from Sunday; undefined for what is not one time of some days. */
function timesOf(cron: string): readonly number[] | undefined {
  const fields = cron.trim().split(/\s+/)
  const [minute = '', hour = '', dayOfMonth, month, days = ''] = fields
  if (fields.length !== 5 || dayOfMonth !== '*' || month !== '*' || !/^\d{1,2}$/.test(minute) || !/^\d{1,2}$/.test(hour)) return undefined
  const at = Number(hour) * 60 + Number(minute)
  const weekdays = weekdaysOf(days)
  if (Number(hour) > 23 || Number(minute) > 59 || weekdays === undefined) return undefined
  return weekdays.map((day) => day * dayMinutes + at)
}

function weekdaysOf(text: string): readonly number[] | undefined {
  if (text === '*' || text === '?') return [0, 1, 2, 3, 4, 5, 6]
  const found = new Set<number>()
  for (const part of text.toLowerCase().split(',')) {
    const [from, to = from, more] = part.split('-').map(weekday)
    if (from === undefined || to === undefined || more !== undefined || Number.isNaN(from) || Number.isNaN(to)) return undefined
    // 5-7 ends on Sunday, fri-mon goes over it.
    for (let day = from; ; day++) {
      found.add(day % 7)
      if (day % 7 === to % 7) break
    }
  }
  return [...found].sort((a, b) => a - b)
}

function weekday(text: string): number {
  const named = dayNames.indexOf(text.slice(0, 3))
  return named >= 0 && /^[a-z]{3}$/.test(text) ? named : /^[0-7]$/.test(text) ? Number(text) : Number.NaN
}

/** Stretches of a day with the days that have them; what overlaps is joined. */
function stretches(inside: readonly (readonly [number, number])[][]): readonly (readonly [readonly number[], readonly [number, number]])[] {
  const days = new Map<string, { readonly stretch: readonly [number, number]; readonly days: number[] }>()
  inside.forEach((all, day) => {
    const merged: [number, number][] = []
    for (const [from, to] of [...all].sort((a, b) => a[0] - b[0])) {
      const last = merged.at(-1)
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
      else merged.push([from, to])
    }
    for (const stretch of merged) {
      const known = days.get(String(stretch))
      if (known === undefined) days.set(String(stretch), { stretch, days: [day] })
      else known.days.push(day)
    }
  })
  return [...days.values()].map(({ stretch, days: of }) => [of, stretch] as const)
}

function daysText(days: readonly number[]): string {
  if (days.length === 7) return ''
  const text = days.map((day) => dayNames[day]).join(',')
  return `${{ 'mon,tue,wed,thu,fri': 'mon-fri', 'sun,sat': 'sat,sun' }[text] ?? text} `
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
