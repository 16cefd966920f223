/** SARIF 2.1.0, which code scanners exchange. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Diagnostic, Fix, TextRange } from '../../language/index.ts'
import { messageOf } from '../../language/index.ts'
import { printJson } from '../json.ts'
import { renderMarkdown } from '../markdown.ts'
import { page } from '../pages.ts'
import { version } from '../version.ts'
import type { Place, Report } from './report.ts'
import { placesOf } from './report.ts'

type PlaceOf = (file: string, range: TextRange) => Place | undefined

export function sarif({ diagnostics, sources }: Report): string {
  const placeOf = placesOf(sources)
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort()
  return printJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'scalec', version, semanticVersion: version, rules: codes.map(ruleOf) } },
        // As our columns are counted.
        columnKind: 'unicodeCodePoints',
        artifacts: sources.map(({ name }) => ({ location: artifact(name), mimeType: 'text/plain', sourceLanguage: 'scale' })),
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, codes, placeOf)),
      },
    ],
  })
}

function ruleOf(code: string): object {
  const message = messageOf(code)
  const text = page(`diagnostics/${code}.md`)
  return {
    id: code,
    ...(message === undefined ? {} : { shortDescription: { text: sentence(message.title) }, defaultConfiguration: { level: message.severity } }),
    ...(text === undefined
      ? {}
      : { fullDescription: { text: introduction(text) }, help: { text: renderMarkdown(text, { colour: false, width: 80 }), markdown: text } }),
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** The first paragraph of a page. */
function introduction(text: string): string {
  return (text.split(/\n\s*\n/)[1] ?? '').replace(/\s+/g, ' ').replaceAll('`', '').trim()
}

function resultOf(diagnostic: Diagnostic, codes: readonly string[], placeOf: PlaceOf): object {
  const { code, severity, file, range, message, help, related = [], fix } = diagnostic
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: help === undefined ? message : `${message}\n${help}` },
    locations: [{ physicalLocation: physical(file, range, placeOf) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other, id) => ({
            id,
            physicalLocation: physical(other.file, other.range, placeOf),
            message: { text: other.message },
          })),
        }),
    ...(fix === undefined ? {} : { fixes: [fixOf(fix, file, placeOf)] }),
  }
}

function fixOf({ title, edits }: Fix, file: string, placeOf: PlaceOf): object {
  return {
    description: { text: title },
    artifactChanges: [
      {
        artifactLocation: artifact(file),
        replacements: edits.map(({ range, text }) => ({ deletedRegion: region(placeOf(file, range)) ?? { startLine: 1 }, insertedContent: { text } })),
      },
    ],
  }
}

function physical(file: string, range: TextRange, placeOf: PlaceOf): object {
  const place = region(placeOf(file, range))
  return { artifactLocation: artifact(file), ...(place === undefined ? {} : { region: place }) }
}

function region(place: Place | undefined): object | undefined {
  return place && { startLine: place.from.line, startColumn: place.from.column, endLine: place.to.line, endColumn: place.to.column }
}

/** Paths are relative to where the program was started, which is the repository's root in most builds. */
function artifact(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href }
  return { uri: file.split(/[\\/]/).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}
