import { describe, expect, it } from 'vitest'
import { Calendar, type DuringIR } from '../../src/evaluate/calendar.ts'

const calendar = new Calendar()
const instant = (iso: string): number => Date.parse(iso) * 1e6
const during = (days: readonly number[], from: string, to: string, zone: string): DuringIR => ({
  kind: 'during',
  days,
  fromMinute: minuteOf(from),
  toMinute: minuteOf(to),
  zone,
})

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return (hours as number) * 60 + (minutes as number)
}

const includes = (window: DuringIR, iso: string): boolean => calendar.includes(window, instant(iso))

describe('during', () => {
  const office = during([1, 2, 3, 4, 5], '08:00', '18:00', 'Europe/Paris')

  it('begins at its first minute and ends before its last', () => {
    expect(includes(office, '2026-06-01T05:59:59Z')).toBe(false)
    expect(includes(office, '2026-06-01T06:00:00Z')).toBe(true)
    expect(includes(office, '2026-06-01T15:59:59.9Z')).toBe(true)
    expect(includes(office, '2026-06-01T16:00:00Z')).toBe(false)
    expect(includes(office, '2026-06-06T10:00:00Z')).toBe(false)
  })

  it('follows the zone over the changes of the clocks', () => {
    // Paris is at +01:00 until 2026-03-29T01:00Z and from 2026-10-25T01:00Z on, at +02:00 between.
    expect(includes(office, '2026-03-27T06:30:00Z')).toBe(false)
    expect(includes(office, '2026-03-30T06:30:00Z')).toBe(true)
    expect(includes(office, '2026-10-23T06:30:00Z')).toBe(true)
    expect(includes(office, '2026-10-26T06:30:00Z')).toBe(false)
  })

  it('knows that an hour is skipped in spring and comes twice in autumn', () => {
    const night = during([], '02:00', '03:00', 'Europe/Paris')
    expect(['00:30', '00:59', '01:00', '01:30'].map((time) => includes(night, `2026-03-29T${time}:00Z`))).toEqual([false, false, false, false])
    expect(['00:30', '01:30', '02:00'].map((time) => includes(night, `2026-10-25T${time}:00Z`))).toEqual([true, true, false])
  })

  it('over midnight belongs to the day on which it begins', () => {
    const friday = during([5], '22:00', '06:00', 'UTC')
    expect(includes(friday, '2026-06-05T23:00:00Z')).toBe(true)
    expect(includes(friday, '2026-06-06T05:59:00Z')).toBe(true)
    expect(includes(friday, '2026-06-06T06:00:00Z')).toBe(false)
    expect(includes(friday, '2026-06-05T05:00:00Z')).toBe(false)
    expect(includes(friday, '2026-06-06T23:00:00Z')).toBe(false)
  })

  it('takes no days as every day, equal ends and 24:00 as whole days', () => {
    expect(includes(during([], '00:00', '24:00', 'UTC'), '2026-06-07T23:59:00Z')).toBe(true)
    expect(includes(during([0], '00:00', '00:00', 'Asia/Kolkata'), '2026-06-06T18:29:59Z')).toBe(false)
    expect(includes(during([0], '00:00', '00:00', 'Asia/Kolkata'), '2026-06-06T18:30:00Z')).toBe(true)
  })
})
