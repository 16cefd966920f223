/** Files that an import or a replay may name, relative to the file that names them. */
import { type Expected, quote } from '../../../../src/language/index.ts'
import type { Request } from '../request.ts'
import { type Suggestion, tiers } from '../suggestion.ts'

export function files({ view, place }: Request, { use, type }: Expected): readonly Suggestion[] {
  if (type !== 'Text') return []
  const { document, project } = view
  const paths =
    use.rule === 'importDeclaration'
      ? [...project.documents.keys()].filter((name) => name !== document.name)
      : use.rule === 'statement' && place.tokens[use.start]?.type === 'replay'
        ? (project.recordings ?? [])
        : []
  return paths.map((path): Suggestion => {
    const label = relative(document.name, path)
    // Files nearby first.
    return { label, kind: 'file', tier: tiers.fitting, weight: -label.split('/').length, text: quote(label), filter: quote(label) }
  })
}

/** Both are relative to one folder and have slashes. */
export function relative(from: string, to: string): string {
  const here = from.split('/').slice(0, -1)
  const there = to.split('/')
  let common = 0
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common++
  return [...here.slice(common).map(() => '..'), ...there.slice(common)].join('/')
}
