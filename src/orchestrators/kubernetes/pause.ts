/**
 * What a person wrote on the object to stop its scaling. Pure.
 *
 *     scale.dev/pause: "out"                        no more replicas; "in": no fewer; "true": neither
 *     scale.dev/pause-until: "2026-12-24T18:00:00Z" until then; without it until the annotation goes
 */
import type { Pause } from '../../evaluate/index.ts'

export const pauseAnnotation = 'scale.dev/pause'
export const untilAnnotation = 'scale.dev/pause-until'

/** What cannot be read pauses both directions for good, with a note: somebody wanted it left alone. */
export function pauseOf(annotations: Readonly<Record<string, string>> | undefined): { readonly paused?: Pause; readonly note?: string } {
  const said = annotations?.[pauseAnnotation]?.trim().toLowerCase()
  if (said === undefined || said === 'false') return {}
  const by = `annotation ${pauseAnnotation}: ${said}`
  const directions = { out: { up: true, down: false }, in: { up: false, down: true }, true: { up: true, down: true } }[said]
  if (directions === undefined)
    return { paused: { up: true, down: true, by }, note: `The annotation ${pauseAnnotation} is "${said}", taken for "true": write "in", "out" or "true".` }
  const time = annotations?.[untilAnnotation]
  if (time === undefined) return { paused: { ...directions, by } }
  const until = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(time) ? Date.parse(time) : Number.NaN
  if (Number.isNaN(until))
    return {
      paused: { ...directions, by },
      note: `The annotation ${untilAnnotation} is "${time}" and no time, so the pause has no end: write it as in 2026-12-24T18:00:00Z.`,
    }
  return { paused: { ...directions, until: until * 1e6, by: `${by}, until ${time}` } }
}
