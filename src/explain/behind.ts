/** How many spans are behind a value, in words behind it. */
import type { Observed } from '../evaluate/index.ts'
import { spansBehind } from '../plan/index.ts'

/** ` of 41 spans`; of a sample `, estimated from 40 of about 4,000 spans`; nothing where the value is their number. */
export function behindWords(observed: Observed): string {
  const { spans, ofSpans, value } = observed
  if (spans === undefined) return ''
  if (ofSpans !== undefined) return `, ${value === undefined ? 'with' : 'estimated from'} ${spansBehind(observed)}`
  return spans === value || (spans === 0 && value === undefined) ? '' : ` of ${spansBehind(observed)}`
}
