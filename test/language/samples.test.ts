/** Small programs of test/samples, each through every phase: what came out stands beside it. `vitest -u` writes that anew. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/bundle/index.ts'
import { linesOf } from '../../src/cli/lines.ts'
import { render } from '../../src/cli/render.ts'
import { explainText } from '../../src/explain/index.ts'
import type { TextRange } from '../../src/language/index.ts'
import { format, parse } from '../../src/language/index.ts'
import { lexPiece } from '../../src/language/syntax/lex.ts'

const samples = globSync('test/samples/*/source.scale')
  .map((path) => basename(dirname(path)))
  .sort()

describe('test/samples', () => {
  it('has samples', () => expect(samples.length).toBeGreaterThanOrEqual(10))

  describe.each(samples)('%s', (name) => {
    const text = readFileSync(`test/samples/${name}/source.scale`, 'utf8')
    const source = { name: 'source.scale', text }
    const { diagnostics, bundle } = compile({ roots: [source] }, { compiler: 'sample' })
    const golden = (file: string): string => `../samples/${name}/${file}`

    it('tokens', () => expect(tokensText(text)).toMatchFileSnapshot(golden('tokens.txt')))
    it('tree', () => {
      const { language, declarations } = parse(source).tree
      return expect(treeText({ language, declarations }, text)).toMatchFileSnapshot(golden('tree.txt'))
    })
    it('diagnostics', () => {
      const rendered = render(diagnostics, [source], { colour: false, limit: Number.POSITIVE_INFINITY })
      return expect(rendered === '' ? '' : `${rendered}\n`).toMatchFileSnapshot(golden('diagnostics.txt'))
    })
    it('formatted', () => expect(format(source).text).toMatchFileSnapshot(golden('formatted.scale')))

    if (bundle === undefined)
      it('has errors, so nothing is made of it', () => {
        expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
        for (const file of ['ir.json', 'explain.txt']) expect(existsSync(`test/samples/${name}/${file}`)).toBe(false)
      })
    else {
      it('IR', () => {
        const { projection, targets, rules } = bundle
        return expect(`${JSON.stringify({ projection, targets, rules }, undefined, 2)}\n`).toMatchFileSnapshot(golden('ir.json'))
      })
      it('explained', () => expect(explainText(bundle)).toMatchFileSnapshot(golden('explain.txt')))
    }
  })
})

/** `3:7 Duration 400ms`; comments are among the tokens. */
function tokensText(text: string): string {
  const lexed: Parameters<typeof lexPiece>[3] = { tokens: [], comments: [], foreign: [] }
  lexPiece(text, 0, text.length, lexed)
  const words = [
    ...lexed.tokens.map(({ startOffset, tokenType, image }) => ({ start: startOffset, what: `${tokenType.name} ${image}` })),
    ...lexed.comments.map(({ range, doc, text: image }) => ({ start: range.start, what: `${doc ? 'Documentation' : 'Comment'} ${image}` })),
  ]
  const lines = linesOf(text)
  return words
    .sort((a, b) => a.start - b.start)
    .map(({ start, what }) => {
      const { line, column } = lines.at(start)
      return `${line}:${column} ${what}\n`
    })
    .join('')
}

/** A node a line: its place in the tree, its kind and what it says, and where it stands. */
function treeText(tree: object, text: string): string {
  const lines = linesOf(text)
  const placeOf = ({ start, end }: TextRange): string => {
    const [from, to] = [lines.at(start), lines.at(end)]
    return `${from.line}:${from.column}-${to.line === from.line ? '' : `${to.line}:`}${to.column}`
  }
  let out = ''
  const visit = (key: string, value: unknown, depth: number): void => {
    const indent = '  '.repeat(depth)
    if (
      value === undefined ||
      key === 'range' ||
      key === 'operatorRange' ||
      key === 'kind' ||
      (key === 'broken' && value === false) ||
      (key === 'quoted' && value === false)
    )
      return
    if (typeof value !== 'object' || value === null) out += `${indent}${key}: ${JSON.stringify(value)}\n`
    else if (Array.isArray(value)) {
      if (value.every((item) => typeof item !== 'object')) out += `${indent}${key}: ${JSON.stringify(value)}\n`
      else for (const [i, item] of value.entries()) visit(`${key}[${i}]`, item, depth)
    } else {
      const { kind, range, value: says, text: name } = value as { kind?: string; range?: TextRange; value?: unknown; text?: string }
      const leaf = typeof says !== 'object' && says !== undefined ? ` ${JSON.stringify(says)}` : name === undefined ? '' : ` ${JSON.stringify(name)}`
      out += `${indent}${key}${kind === undefined ? '' : ` = ${kind}`}${leaf}${range === undefined ? '' : ` @${placeOf(range)}`}\n`
      for (const [inner, child] of Object.entries(value)) if (leaf === '' || (inner !== 'value' && inner !== 'text')) visit(inner, child, depth + 1)
    }
  }
  for (const [key, value] of Object.entries(tree)) visit(key, value, 0)
  return out
}
