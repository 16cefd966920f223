import { describe, expect, it } from 'vitest'
import { junitXml, machineReport } from '../../../src/cli/formats/index.ts'
import { files, reportOf } from './cases.ts'

interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Node[]
  readonly text: string
}

/** A strict reader of the XML that we write; throws where it is not well-formed. */
function parseXml(text: string): Node {
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray => {
    const sticky = new RegExp(pattern.source, 'yu')
    sticky.lastIndex = at
    const match = sticky.exec(text)
    if (match === null) throw new Error(`expected ${pattern.source} at ${text.slice(at, at + 40)}`)
    at = sticky.lastIndex
    return match
  }
  const decode = (raw: string): string =>
    raw.replace(/&(?:#(\d+)|(\w+));|&/g, (whole, number: string | undefined, name: string | undefined) => {
      const known = { amp: '&', lt: '<', gt: '>', quot: '"' }[name ?? '']
      if (number === undefined && known === undefined) throw new Error(`a bare & in ${whole}`)
      return known ?? String.fromCodePoint(Number(number))
    })
  const element = (): Node => {
    const name = take(/<([a-z-]+)/)[1] as string
    const attributes: Record<string, string> = {}
    for (let more = take(/\s*(\/?>|[a-zA-Z]+=")/)[1] as string; !more.endsWith('>'); more = take(/\s*(\/?>|[a-zA-Z]+=")/)[1] as string) {
      const key = more.slice(0, -2)
      if (attributes[key] !== undefined) throw new Error(`${key} twice`)
      attributes[key] = decode(take(/([^<>"\n\t]*)"/)[1] as string)
    }
    if (text[at - 2] === '/') return { name, attributes, children: [], text: '' }
    const children: Node[] = []
    let content = ''
    for (;;) {
      content += decode(take(/[^<>]*/)[0])
      if (text.startsWith('</', at)) {
        take(new RegExp(`</${name}>`))
        return { name, attributes, children, text: content }
      }
      children.push(element())
    }
  }
  take(/<\?xml version="1\.0" encoding="UTF-8"\?>\n/)
  const root = element()
  take(/\n$/)
  // https://www.w3.org/TR/xml/#charsets
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text)) throw new Error('a character that XML cannot hold')
  return root
}

describe('junit', () => {
  const report = reportOf(files)
  const root = parseXml(machineReport('junit', report))
  const cases = root.children.flatMap(({ children }) => children)

  it('has a suite per file and a case per diagnostic', () => {
    expect(root).toMatchObject({ name: 'testsuites', attributes: { tests: String(cases.length) } })
    expect(root.children.map(({ attributes }) => attributes.name)).toEqual(Object.keys(files))
    expect(cases).toHaveLength(report.diagnostics.length + 1)
  })

  it('fails for errors; warnings are output unless they fail too', () => {
    const count = (nodes: readonly Node[], name: string): number => nodes.filter(({ children }) => children[0]?.name === name).length
    const warnings = report.diagnostics.filter(({ severity }) => severity === 'warning').length
    expect(warnings).toBeGreaterThan(0)
    expect(count(cases, 'system-out')).toBe(warnings)
    expect(count(cases, 'failure')).toBe(report.diagnostics.length - warnings)
    expect(root.attributes.failures).toBe(String(report.diagnostics.length - warnings))
    const strict = parseXml(machineReport('junit', { ...report, failLevel: 'warning' }))
    expect(strict.attributes.failures).toBe(String(report.diagnostics.length))
  })

  it('keeps what a message says', () => {
    for (const { message } of report.diagnostics) {
      const printable = message.replaceAll('\u0001', '\ufffd')
      expect(cases.some(({ children }) => children[0]?.text.includes(printable))).toBe(true)
    }
  })

  it('tells cases of one name apart', () => {
    const names = cases.map(({ attributes }) => `${attributes.classname} ${attributes.name}`)
    expect(new Set(names).size).toBe(names.length)
  })

  it('holds any text', () => {
    const text = 'a <b> & "c" \u0000 \ud800 ]]> \r\n\t é🦊'
    const { children } = parseXml(junitXml([{ name: text, cases: [{ name: text, classname: text, failure: { message: text, type: 'x', text } }] }]))
    const printable = text.replaceAll('\u0000', '\ufffd').replaceAll('\ud800', '\ufffd')
    expect(children[0]?.attributes.name).toBe(printable)
    expect(children[0]?.children[0]?.children[0]).toMatchObject({ text: printable, attributes: { message: printable } })
  })
})
