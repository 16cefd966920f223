/** JUnit's XML, which build servers read. */
import type { Report } from './report.ts'
import { fails, placesOf } from './report.ts'
import type { Element } from './xml.ts'
import { xml } from './xml.ts'

export interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

export interface Case {
  readonly name: string
  readonly classname: string
  /** One-based. */
  readonly line?: number
  readonly seconds?: number
  readonly failure?: { readonly message: string; readonly type: string; readonly text: string }
  /** Why it was not run. */
  readonly skipped?: string
  /** What it says although it did not fail. */
  readonly output?: string
}

export function junitXml(suites: readonly Suite[]): string {
  return xml({
    name: 'testsuites',
    attributes: { name: 'scalec', ...countsOf(suites.flatMap(({ cases }) => cases)) },
    content: suites.map(({ name, cases }): Element => ({ name: 'testsuite', attributes: { name, ...countsOf(cases) }, content: cases.map(caseOf) })),
  })
}

function countsOf(cases: readonly Case[]): Record<string, number> {
  const seconds = cases.reduce((sum, { seconds = 0 }) => sum + seconds, 0)
  return {
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure !== undefined).length,
    errors: 0,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
    time: Number(seconds.toFixed(3)),
  }
}

function caseOf({ name, classname, line, seconds = 0, failure, skipped, output }: Case, index: number, all: readonly Case[]): Element {
  // Build servers tell cases apart by their names.
  const earlier = all.slice(0, index).filter((other) => other.name === name && other.classname === classname).length
  return {
    name: 'testcase',
    attributes: { name: earlier === 0 ? name : `${name} (${earlier + 1})`, classname, line, time: Number(seconds.toFixed(3)) },
    content: [
      ...(failure === undefined ? [] : [{ name: 'failure', attributes: { message: failure.message, type: failure.type }, content: failure.text }]),
      ...(skipped === undefined ? [] : [{ name: 'skipped', attributes: { message: skipped } }]),
      ...(output === undefined ? [] : [{ name: 'system-out', attributes: {}, content: output }]),
    ],
  }
}

/** A suite per file; a case per diagnostic, or one that passes. What does not fail is output of a case that passes. */
export function junit(report: Report): string {
  const { diagnostics, sources } = report
  const placeOf = placesOf(sources)
  const files = new Set([...sources.map(({ name }) => name), ...diagnostics.map(({ file }) => file)])
  const suites = [...files].map((file): Suite => {
    const cases = diagnostics
      .filter((diagnostic) => diagnostic.file === file)
      .map((diagnostic): Case => {
        const { code, severity, message, help, range } = diagnostic
        const place = placeOf(file, range)
        const where = place === undefined ? file : `${file}:${place.from.line}:${place.from.column}`
        const text = [`${where}: ${severity}: ${message} [${code}]`, ...(help === undefined ? [] : [`help: ${help}`])].join('\n')
        const name = `${code} ${where}`
        const line = place === undefined ? {} : { line: place.from.line }
        return fails(diagnostic, report)
          ? { name, classname: file, ...line, failure: { message, type: severity, text } }
          : { name, classname: file, ...line, output: text }
      })
    return { name: file, cases: cases.length > 0 ? cases : [{ name: 'check', classname: file }] }
  })
  return junitXml(suites)
}
