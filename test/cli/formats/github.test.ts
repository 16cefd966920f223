import { describe, expect, it } from 'vitest'
import { machineReport } from '../../../src/cli/formats/index.ts'
import { files, reportOf } from './cases.ts'

const lines = machineReport('github', reportOf(files)).trimEnd().split('\n')

/** As the runner reads them: github.com/actions/runner, ActionCommand.cs. */
function read(line: string): { readonly command: string; readonly properties: Readonly<Record<string, string>>; readonly data: string } {
  const [, command = '', list = '', data = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? []
  const plain = (text: string): string =>
    text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%')
  return {
    command,
    properties: Object.fromEntries(list.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), plain(pair.slice(pair.indexOf('=') + 1))])),
    data: plain(data),
  }
}

describe('github', () => {
  it('is a command a diagnostic', () => {
    const { diagnostics } = reportOf(files)
    expect(lines).toHaveLength(diagnostics.length)
    for (const [i, line] of lines.entries()) {
      const { command, properties, data } = read(line)
      const { severity, file, code, message } = diagnostics[i] as (typeof diagnostics)[0]
      expect({ command, file: properties.file, title: properties.title }).toEqual({ command: severity, file, title: code })
      expect(data.split('\n')[0]).toBe(message)
    }
  })

  it('marks lines and columns', () => {
    const wen = lines.map(read).find(({ properties }) => properties.title === 'SC1003')
    expect(wen).toMatchObject({ properties: { line: '2', endLine: '2', col: '25', endColumn: '28' }, data: expect.stringContaining('help: write when') })
  })
})
