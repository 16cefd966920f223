import { describe, expect, it } from 'vitest'
import { createDocument } from '../../lsp/document.ts'
import { parse } from '../../src/language/index.ts'

const rules = Array.from({ length: 12 }, (_, i) => `r${i}: scale deployment/d${i} +1 when span(s${i}).p99 > 400ms\n`).join('\n')
const documentOf = (text: string, version: number) => ({ uri: 'file:///a.scale', name: 'a.scale', version, text })
const treeOf = (text: string) => parse({ name: 'a.scale', text })

describe('a document', () => {
  it('takes over most of the tree of the document before the edit', () => {
    const before = createDocument(documentOf(rules, 1))
    const last = before.parsed.tree.declarations.at(-1)
    const text = rules.replace('r5:', 'rule-5:')
    const after = createDocument(documentOf(text, 2), before)
    expect(after.parsed).toEqual(treeOf(text))
    expect(after.parsed.tree.declarations.at(-1)).toBe(last)
  })

  it('has its own tree whoever was asked for theirs in between', () => {
    const texts = [rules, rules.replace('r5:', 'rule-5:'), rules.replace('r5:', 'a-rule:'), rules.replace('r2:', 'rule-two:')]
    const documents = [createDocument(documentOf(rules, 0))]
    for (const [i, text] of texts.entries()) if (i > 0) documents.push(createDocument(documentOf(text, i), documents[i - 1]))
    for (const i of [0, 3, 0, 1, 2, 3, 1]) expect(documents[i]?.parsed).toEqual(treeOf(texts[i] ?? ''))
  })
})
