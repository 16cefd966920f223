/** Time zones, by the names of the IANA database. */

import { nearest } from '../syntax/nearest.ts'
import type { TextLiteral } from '../tree.ts'
import { messages } from './messages.ts'
import { respell, type Scope, say } from './scope.ts'

/** The zone's name as written (which the database may know as a link to another), or undefined after an error. */
export function checkZone(node: TextLiteral, scope: Scope): string | undefined {
  try {
    // The only way to ask for one zone; the list of all of them lacks the links, such as UTC.
    new Intl.DateTimeFormat('en', { timeZone: node.value })
    return node.value
  } catch {
    const zones = Intl.supportedValuesOf('timeZone')
    // People leave out the continent.
    const suggestion = zones.find((zone) => zone.toLowerCase().endsWith(`/${node.value.toLowerCase().replaceAll(' ', '_')}`)) ?? nearest(node.value, zones)
    const more = respell(node.range, suggestion === undefined ? undefined : JSON.stringify(suggestion))
    say(scope, messages.unknownZone, node.range, { name: node.value, suggestion: suggestion === undefined ? undefined : `"${suggestion}"` }, more)
    return undefined
  }
}
