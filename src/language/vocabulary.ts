/** The words of the language, for whoever explains, completes or colours them. Each has a page in grammar/words. */

import { combinations, intrinsics, modes } from './check/program.ts'
import { kindCodes, statusCodes } from './check/selectors.ts'
import { spanDurations, statNames } from './check/spans.ts'
import { bytesPer, nanosPer, secondsPer } from './syntax/build/literals.ts'
import { keywords } from './syntax/tokens.ts'

/** A word may play several roles: `min` is a keyword (a function) and a statistic. */
export type WordRole = 'keyword' | 'stat' | 'field' | 'kind' | 'status' | 'mode' | 'combination' | 'unit'

/** How units are spelt canonically; the others mean the same. */
const units: readonly string[] = [
  ...Object.keys(nanosPer).filter((unit) => unit !== 'µs'),
  '%',
  ...Object.keys(secondsPer).map((unit) => `/${unit}`),
  ...Object.keys(bytesPer).filter((unit) => unit !== 'KB'),
]

export const vocabulary: Readonly<Record<WordRole, readonly string[]>> = {
  keyword: keywords,
  stat: statNames,
  field: [...new Set([...intrinsics, ...spanDurations])],
  kind: Object.keys(kindCodes),
  status: Object.keys(statusCodes),
  mode: modes,
  combination: combinations,
  unit: units,
}

const fileNames: Readonly<Record<string, string>> = { '%': 'percent', '/s': 'per-second', '/min': 'per-minute', '/h': 'per-hour' }

/** Where the word's page is, below grammar/; undefined for what is no word of the language. */
export function pageOfWord(word: string): string | undefined {
  return Object.values(vocabulary).some((words) => words.includes(word)) ? `words/${fileNames[word] ?? word}.md` : undefined
}
