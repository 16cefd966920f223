/** Words of a few: modes, days, times of day, time zones, and the codes of warnings in comments. */
import { dayNames, type Expected, isSuppressible, pageOfWord, quote, registry, vocabulary } from '../../../../src/language/index.ts'
import { type Request, tokensOf } from '../request.ts'
import { snippetText } from '../snippets.ts'
import { type Suggestion, tiers } from '../suggestion.ts'

export function words(request: Request, { use, type, label }: Expected): readonly Suggestion[] {
  if (use.rule === 'clause' && label === 'name' && type === 'Identifier') {
    const choices = tokensOf(request.place, use)[0]?.type === 'mode' ? vocabulary.mode : vocabulary.combination
    return choices.map((word) => ({ label: word, kind: 'keyword', tier: tiers.fitting, page: pageOfWord(word) }))
  }
  if (use.rule !== 'calendar') return []
  if (label === 'day' && type === 'Identifier') return days(request)
  if (type === 'TimeOfDay') return [...(label === 'to' ? [] : spansOfTime(request)), ...times(label === 'to')]
  return type === 'Text' ? zones() : []
}

function days({ place }: Request): readonly Suggestion[] {
  // `mon-f` is one word.
  const dash = place.prefix.lastIndexOf('-') + 1
  const range = { start: place.word.start + dash, end: place.word.end }
  const whole = dash === 0 ? ['mon-fri', 'sat-sun'] : []
  const week = [...dayNames.slice(1), ...dayNames.slice(0, 1)]
  return [...whole, ...week].map((label, i) => ({ label, kind: 'value', tier: tiers.fitting, weight: 100 - i, range }))
}

/** From one time to another, where no end is written yet. */
function spansOfTime({ place }: Request): readonly Suggestion[] {
  if (place.behind[0]?.type === 'Minus') return []
  return ['08:00-18:00', '22:00-06:00'].map((label, i) => ({
    label,
    kind: 'snippet',
    tier: tiers.fitting,
    weight: 2 - i,
    snippet: snippetText(label.replace(/\d+:\d+/g, '‹$&›')),
    page: pageOfWord('during'),
  }))
}

function times(isEnd: boolean): readonly Suggestion[] {
  const usual = isEnd ? ['18:00', '20:00', '22:00', '06:00', '24:00'] : ['08:00', '07:30', '09:00', '18:00', '00:00']
  const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)
  return [...new Set([...usual, ...hours])].map((label, i) => ({ label, kind: 'value', tier: i < usual.length ? tiers.fitting : tiers.possible, weight: -i }))
}

let known: readonly string[] | undefined

function zones(): readonly Suggestion[] {
  known ??= ['UTC', ...Intl.supportedValuesOf('timeZone')]
  return known.map((zone) => ({ label: zone, kind: 'zone', tier: zone === 'UTC' ? tiers.fitting : tiers.likely, text: quote(zone), filter: quote(zone) }))
}

/** In `// scale-ignore SC4001 until …: reason`: the codes that can be ignored, and in other comments the words that begin one. */
export function suppressions({ place }: Request): readonly Suggestion[] {
  const { prefix, word } = place
  const written = /^\/\/\s*scale-ignore(?:-file)?\s+(?:SC\d{4}\s*,\s*)*(\w*)$/.exec(prefix)
  if (written !== null) {
    const range = { start: place.offset - (written[1] ?? '').length, end: place.offset }
    return registry
      .filter(({ code }) => isSuppressible(code))
      .map(({ code, title }) => ({ label: code, kind: 'code', tier: tiers.fitting, range, detail: title, page: `diagnostics/${code}.md` }))
  }
  const begun = /^\/\/(?!\/)\s*(s[\w-]*)$/.exec(prefix)
  if (begun === null) return []
  const range = { start: word.start + prefix.length - (begun[1] ?? '').length, end: place.offset }
  return ['scale-ignore', 'scale-ignore-file'].map((label) => ({ label, kind: 'keyword', tier: tiers.fitting, range, detail: 'CODE until DAY: reason' }))
}
