/** Units behind a number that is being written. */
import { pageOfWord, type QuantityType, typeName } from '../../../../src/language/index.ts'
import type { Request } from '../request.ts'
import { type Suggestion, tiers } from '../suggestion.ts'

/** Canonical spellings, those that are used most first. */
const units: Readonly<Record<QuantityType, readonly string[]>> = {
  number: [''],
  duration: ['ms', 's', 'm', 'h', 'us', 'ns', 'd'],
  ratio: ['%'],
  rate: ['/s', '/min', '/h'],
  size: ['MiB', 'GiB', 'KiB', 'TiB', 'MB', 'GB', 'kB', 'TB', 'B'],
}

const all = Object.keys(units) as readonly QuantityType[]

/** Of durations that somebody waits for. */
const unitsOfWaits = ['s', 'm', 'h', 'd', 'ms', 'us', 'ns']

/** The number that is typed with each unit of these types; nothing where no number is typed. `waits`: durations are not what spans take, but windows and pauses. */
export function unitsBehind({ place }: Request, types: readonly QuantityType[] = all, waits = false): readonly Suggestion[] {
  const number = /^\d+(?:\.\d+)?(?=[A-Za-z%/]*$)/.exec(place.prefix)?.[0]
  // More parts may follow: `1m30s`.
  const parts = /^(?:\d+(?:\.\d+)?[a-z]+)+\d+(?:\.\d+)?(?=[a-z]*$)/.exec(place.prefix)?.[0]
  const start = number ?? (types.includes('duration') ? parts : undefined)
  if (start === undefined) return []
  const meant = number === undefined ? (['duration'] as const) : types
  return meant.flatMap((type) =>
    (type === 'duration' && waits ? unitsOfWaits : units[type])
      .filter((unit) => unit !== '')
      .map(
        (unit, i): Suggestion => ({ label: `${start}${unit}`, kind: 'unit', tier: tiers.likely, weight: -i, detail: typeName(type), page: pageOfWord(unit) }),
      ),
  )
}
