/** Completion of a line of the REPL: commands, services, operations and statistics, by what stands in front of the end. */
import { type Catalog, operationSpellings, operationsMatching, vocabulary } from '../../language/index.ts'

/** Candidates for the text that they replace, which is the end of the line. */
export type Completions = readonly [candidates: readonly string[], replaced: string]

const conditionWords = ['span(', 'absent(', 'over', 'times in', 'for', 'and', 'or', 'not', 'during']

export function complete(line: string, catalog: Catalog, commands: readonly string[]): Completions {
  if (/^:\w*$/.test(line)) return matching(commands, line)
  const selector = /\b(?:span|absent\(span)\(((?:"(?:[^"\\]|\\.)*"?|[^()"])*)$/.exec(line)?.[1]
  if (selector !== undefined) return ofSelector(selector, catalog)
  const stat = /\)(?:\.\w+)?\.(\w*)$/.exec(line)?.[1]
  if (stat !== undefined) return matching([...vocabulary.stat].sort(), stat)
  return matching(conditionWords, /[\w(]*$/.exec(line)?.[0] ?? '')
}

function ofSelector(text: string, catalog: Catalog): Completions {
  const slash = slashOf(text)
  const services = catalog.services.map(({ name }) => quoted(name, false))
  if (slash < 0) return matching(services, text)
  const service = unquoted(text.slice(0, slash))
  const names = operationsMatching(catalog, service).map(({ operation }) => operation.name)
  // The short spelling first; the long ones only where one has begun to be written.
  const written = text.slice(slash + 1)
  const short = names.flatMap((name) => operationSpellings(name).slice(0, 1))
  const found = matching(spellings(short), written)
  return found[0].length > 0 ? found : matching(spellings(names.flatMap(operationSpellings)), written)
}

function spellings(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => quoted(name, true)))].sort()
}

/** The first slash outside quotes. */
function slashOf(text: string): number {
  return /^(?:"(?:[^"\\]|\\.)*"|[^"/])*\//.exec(text)?.[0].lastIndexOf('/') ?? -1
}

function quoted(name: string, operation: boolean): string {
  const plain = operation ? /^[\w.*-]+(?:\/[\w.*-]+)*$/ : /^[\w.*-]+$/
  return plain.test(name) ? name : JSON.stringify(name)
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}

function matching(candidates: readonly string[], written: string): Completions {
  return [candidates.filter((candidate) => candidate.startsWith(written)), written]
}
