/** Workflow commands of GitHub Actions, which mark lines of a pull request. https://docs.github.com/actions/reference/workflow-commands */
import type { Report } from './report.ts'
import { placesOf } from './report.ts'

export function github({ diagnostics, sources }: Report): string {
  const placeOf = placesOf(sources)
  return diagnostics
    .map(({ code, severity, file, range, message, help, fix }) => {
      const place = placeOf(file, range)
      const properties: [string, string | number][] = [['file', file]]
      if (place !== undefined) {
        const { from, to } = place
        properties.push(['line', from.line], ['endLine', to.line], ['col', from.column])
        // Over several lines GitHub takes no columns.
        if (to.line === from.line) properties.push(['endColumn', to.column])
      }
      properties.push(['title', code])
      const hints = [help, fix?.title].filter((hint) => hint !== undefined).map((hint) => `help: ${hint}`)
      return `::${severity} ${properties.map(([key, value]) => `${key}=${property(String(value))}`).join(',')}::${data([message, ...hints].join('\n'))}\n`
    })
    .join('')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
