import { describe, expect, it } from 'vitest'
import { machineReport } from '../../../src/cli/formats/index.ts'
import { linesOf } from '../../../src/cli/lines.ts'
import { registry } from '../../../src/language/index.ts'
import { files, reportOf } from './cases.ts'

interface Region {
  readonly startLine: number
  readonly startColumn: number
  readonly endLine: number
  readonly endColumn: number
}
interface Artifact {
  readonly uri: string
  readonly uriBaseId?: string
}
interface Physical {
  readonly artifactLocation: Artifact
  readonly region: Region
}
interface Log {
  readonly $schema: string
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly Record<string, unknown>[] } }
    readonly columnKind: string
    readonly artifacts: readonly { readonly location: Artifact }[]
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly message: { readonly text: string }
      readonly locations: readonly { readonly physicalLocation: Physical }[]
      readonly relatedLocations?: readonly { readonly id: number; readonly physicalLocation: Physical; readonly message: { readonly text: string } }[]
      readonly fixes?: readonly {
        readonly description: { readonly text: string }
        readonly artifactChanges: readonly {
          readonly artifactLocation: Artifact
          readonly replacements: readonly { readonly deletedRegion: Region; readonly insertedContent: { readonly text: string } }[]
        }[]
      }[]
    }[]
  }[]
}

const report = reportOf(files)
const log = JSON.parse(machineReport('sarif', report)) as Log
const run = log.runs[0] as Log['runs'][0]

/** What the schema of SARIF 2.1.0 allows of each object that we write; it takes no other properties. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  log: ['$schema', 'version', 'runs'],
  runs: ['tool', 'columnKind', 'artifacts', 'results'],
  tool: ['driver'],
  driver: ['name', 'version', 'semanticVersion', 'rules'],
  rules: ['id', 'name', 'shortDescription', 'fullDescription', 'help', 'defaultConfiguration'],
  shortDescription: ['text', 'markdown'],
  fullDescription: ['text', 'markdown'],
  help: ['text', 'markdown'],
  defaultConfiguration: ['level'],
  artifacts: ['location', 'mimeType', 'sourceLanguage'],
  location: ['uri', 'uriBaseId'],
  results: ['ruleId', 'ruleIndex', 'level', 'message', 'locations', 'relatedLocations', 'fixes'],
  message: ['text', 'markdown'],
  locations: ['physicalLocation'],
  relatedLocations: ['id', 'physicalLocation', 'message'],
  physicalLocation: ['artifactLocation', 'region'],
  artifactLocation: ['uri', 'uriBaseId'],
  region: ['startLine', 'startColumn', 'endLine', 'endColumn'],
  fixes: ['description', 'artifactChanges'],
  description: ['text'],
  artifactChanges: ['artifactLocation', 'replacements'],
  replacements: ['deletedRegion', 'insertedContent'],
  deletedRegion: ['startLine', 'startColumn', 'endLine', 'endColumn'],
  insertedContent: ['text'],
}

function strays(value: unknown, kind: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => strays(item, kind))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [...(allowed[kind]?.includes(key) === true ? [] : [`${kind}.${key}`]), ...strays(inner, key)])
}

describe('sarif', () => {
  it('is a log of version 2.1.0 with the properties of its schema only', () => {
    expect(log).toMatchObject({ version: '2.1.0', runs: [{ columnKind: 'unicodeCodePoints', tool: { driver: { name: 'scalec' } } }] })
    expect(strays(log, 'log')).toEqual([])
    expect(run.results).toHaveLength(report.diagnostics.length)
    expect(run.results.length).toBeGreaterThan(4)
  })

  it('has a rule for each code, with the page as its help', () => {
    for (const { ruleId, ruleIndex, level } of run.results) {
      expect(run.tool.driver.rules[ruleIndex]).toMatchObject({
        id: ruleId,
        shortDescription: { text: expect.stringMatching(/^[A-Z].*\.$/) },
        fullDescription: { text: expect.stringMatching(/\S/) },
        help: { text: expect.stringContaining(ruleId), markdown: expect.stringContaining('```scale wrong') },
        defaultConfiguration: { level: registry.find(({ code }) => code === ruleId)?.severity },
      })
      expect(['error', 'warning', 'note', 'none']).toContain(level)
    }
  })

  it('names files by relative references', () => {
    const uris = run.artifacts.map(({ location }) => location)
    expect(uris.map(({ uri }) => decodeURIComponent(uri))).toEqual(Object.keys(files))
    for (const { uri, uriBaseId } of uris) {
      expect(uri).toMatch(/^(?:[\w.~!*'()-]|%[0-9A-F]{2}|\/)+$/)
      expect(uriBaseId).toBe('%SRCROOT%')
    }
  })

  it('takes absolute paths as they are', () => {
    const absolute = JSON.parse(machineReport('sarif', reportOf({ '/srv/a b.scale': 'scale' }))) as Log
    expect(absolute.runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation).toEqual({ uri: 'file:///srv/a%20b.scale' })
  })

  it('counts lines and columns from one, in code points', () => {
    for (const [i, { locations, relatedLocations = [], fixes = [] }] of run.results.entries()) {
      const { file, range } = report.diagnostics[i] as (typeof report.diagnostics)[0]
      const { region } = (locations[0] as { readonly physicalLocation: Physical }).physicalLocation
      const lines = linesOf(files[file as keyof typeof files])
      const text = lines.text(region.startLine)
      const underlined = files[file as keyof typeof files].slice(range.start, range.end)
      if (region.startLine === region.endLine) expect([...text].slice(region.startColumn - 1, region.endColumn - 1).join('')).toBe(underlined)
      const regions = [
        region,
        ...relatedLocations.map(({ physicalLocation }) => physicalLocation.region),
        ...fixes.flatMap(({ artifactChanges }) => artifactChanges.flatMap(({ replacements }) => replacements.map(({ deletedRegion }) => deletedRegion))),
      ]
      for (const { startLine, startColumn, endLine, endColumn } of regions) {
        expect(Math.min(startLine, startColumn, endLine, endColumn)).toBeGreaterThanOrEqual(1)
        expect(endLine > startLine || (endLine === startLine && endColumn >= startColumn)).toBe(true)
      }
    }
  })

  it('brings other places and fixes', () => {
    expect(run.results.find(({ ruleId }) => ruleId === 'SC2006')?.relatedLocations).toMatchObject([{ id: 0, message: { text: expect.any(String) } }])
    expect(run.results.find(({ ruleId }) => ruleId === 'SC1003')?.fixes).toMatchObject([
      { description: { text: 'write when' }, artifactChanges: [{ replacements: [{ insertedContent: { text: 'when' } }] }] },
    ])
  })
})
