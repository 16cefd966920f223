import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/bundle/index.ts'
import { Calendar } from '../../src/evaluate/calendar.ts'
import { cronCondition } from '../../src/importers/cron.ts'

describe('a cron trigger', () => {
  it.each([
    ['0 8 * * 1-5', '0 18 * * 1-5', 'during mon-fri 08:00-18:00 in "UTC"'],
    ['0 8 * * *', '30 18 * * *', 'during 08:00-18:30 in "UTC"'],
    ['0 22 * * *', '0 6 * * *', 'during 00:00-06:00 in "UTC" or during 22:00-00:00 in "UTC"'],
    ['0 0 * * SAT', '0 0 * * MON', 'during sat,sun in "UTC"'],
    ['0 9 * * mon,wed', '0 10 * * mon,wed', 'during mon,wed 09:00-10:00 in "UTC"'],
    ['0 0 * * 0', '0 0 * * 7', 'during mon-sun in "UTC"'],
  ])('%s to %s', (start, end, expected) => expect(cronCondition(start, end, 'UTC')).toBe(expected))

  it('is not understood where it is no time of days of the week', () => {
    for (const start of ['*/5 * * * *', '0 8 1 * *', '0 8 * 12 *', '0 25 * * *', '0 8 * * 8', '0 8 * *', '@daily', '0 8 * * mondays-fri'])
      expect(cronCondition(start, '0 18 * * *', 'UTC'), start).toEqual({ why: expect.stringContaining(JSON.stringify(start)) })
    expect(cronCondition('0 8 * * *', '0 18 * * *', 'Mars/Base')).toEqual({ why: 'the time zone "Mars/Base" is not known' })
  })

  it('holds from each start to the next end, at every minute of the week', () => {
    const days = fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 4 })
    const time = fc.tuple(days, fc.nat(23), fc.constantFrom(0, 15, 59))
    const calendar = new Calendar()
    // A Sunday.
    const sunday = Date.UTC(2026, 2, 1) * 1e6
    fc.assert(
      fc.property(time, time, ([startDays, startHour, startMinute], [endDays, endHour, endMinute]) => {
        const condition = cronCondition(`${startMinute} ${startHour} * * ${startDays}`, `${endMinute} ${endHour} * * ${endDays}`, 'UTC')
        const { bundle } = compile({ roots: [{ name: 'x', text: `scale deployment/a to 3 when ${String(condition)}` }] }, { compiler: '0' })
        const rule = bundle?.rules[0]?.condition
        const parts = rule?.kind === 'or' ? rule.any : [rule]
        const starts = new Set(startDays.map((day) => day * 1440 + startHour * 60 + startMinute))
        const ends = new Set(endDays.map((day) => day * 1440 + endHour * 60 + endMinute))
        let inside = false
        // Twice around: what is so at the beginning of the week follows from its end.
        for (let minute = 0; minute < 2 * 10_080; minute++) {
          const at = minute % 10_080
          if (ends.has(at)) inside = false
          if (starts.has(at)) inside = true
          if (minute < 10_080 || minute % 5 !== 0) continue
          const said = parts.some((part) => part?.kind === 'during' && calendar.includes(part, sunday + at * 60e9))
          if (said !== inside) throw new Error(`minute ${at}: ${String(condition)} is ${said}`)
        }
      }),
      { numRuns: 20 },
    )
  })
})
