/** grammar/scale.tmLanguage.json is what .ci/textmate.ts writes, and colours programs as the lexer reads them. */
import { readFileSync } from 'node:fs'
import type { IToken } from 'chevrotain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pattern, TextMateGrammar } from '../../.ci/textmate.ts'
import { textMateGrammar, textMateJson } from '../../.ci/textmate.ts'
import { parse, vocabulary } from '../../src/language/index.ts'
import { lexPiece } from '../../src/language/syntax/lex.ts'
import * as t from '../../src/language/syntax/tokens.ts'
import { programs } from '../support/programs.ts'

const grammar = textMateGrammar()

/** The scopes of each character, as an editor finds them: on each line, at each place, the earliest match; of several there, the first pattern's. */
function scopesOf(text: string): string[] {
  const scopes: string[] = []
  const stack: { readonly pattern: Pattern; readonly name: string }[] = []
  for (const line of text.match(/[^\n]*\n?/g) ?? []) {
    for (let at = 0; at < line.length; ) {
      const top = stack.at(-1)
      const rules = expand(top === undefined ? grammar.patterns : (top.pattern.patterns ?? []), grammar)
      let best: { readonly found: RegExpExecArray; readonly pattern: Pattern | undefined } | undefined
      for (const pattern of top === undefined ? rules : [undefined, ...rules]) {
        const regex = new RegExp((pattern === undefined ? top?.pattern.end : (pattern.match ?? pattern.begin)) as string, 'gdu')
        regex.lastIndex = at
        const found = regex.exec(line.replace(/\n$/, ''))
        if (found !== null && (best === undefined || found.index < best.found.index)) best = { found, pattern }
      }
      const around = stack.map(({ name }) => name).join(' ')
      const until = best?.found.index ?? line.length
      for (; at < until; at++) scopes.push(around)
      if (best === undefined) break
      const { found, pattern } = best
      const captures = pattern === undefined ? top?.pattern.endCaptures : (pattern.captures ?? pattern.beginCaptures)
      for (; at < found.index + found[0].length; at++) scopes.push([around, pattern?.name ?? '', captureAt(found, captures, at)].filter(Boolean).join(' '))
      if (pattern === undefined) stack.pop()
      else if (pattern.begin !== undefined) stack.push({ pattern, name: pattern.name ?? '' })
    }
  }
  return scopes
}

function expand(patterns: readonly Pattern[], { repository }: TextMateGrammar): Pattern[] {
  return patterns.flatMap((pattern) => (pattern.include === undefined ? [pattern] : expand(repository[pattern.include.slice(1)]?.patterns ?? [], grammar)))
}

function captureAt(found: RegExpExecArray, captures: Pattern['captures'], at: number): string {
  return Object.entries(captures ?? {})
    .filter(([n]) => {
      const [start, end] = found.indices?.[Number(n)] ?? [0, 0]
      return at >= start && at < end
    })
    .map(([, { name }]) => name)
    .join(' ')
}

function tokensOf(text: string): readonly IToken[] {
  const lexed: Parameters<typeof lexPiece>[3] = { tokens: [], comments: [], foreign: [] }
  lexPiece(text, 0, text.length, lexed)
  return lexed.tokens
}

const numeric: Readonly<Record<string, string>> = { Duration: 'duration', Rate: 'rate', Ratio: 'ratio', TimeOfDay: 'time' }

/** `word: scope` of what is coloured otherwise than its token says. */
function miscoloured(text: string): string[] {
  const scopes = scopesOf(text)
  const wrong: string[] = []
  const expectScope = (start: number, end: number, scope: string): void => {
    for (let i = start; i < end; i++)
      if (!scopes[i]?.includes(scope))
        return void wrong.push(`${text.slice(start, end)} in ${text.slice(Math.max(0, start - 20), end + 20)}: ${scopes[i]}, not ${scope}`)
  }
  for (const { tokenType, image, startOffset } of tokensOf(text)) {
    const end = startOffset + image.length
    if (tokenType === t.TextToken) expectScope(startOffset, end, 'string.quoted')
    else if (numeric[tokenType.name] !== undefined) expectScope(startOffset, end, `constant.numeric.${numeric[tokenType.name]}`)
  }
  for (const comment of parse({ name: 'x', text }).tree.comments)
    expectScope(comment.range.start, comment.range.end, comment.doc ? 'comment.line.documentation' : 'comment.line.double-slash')
  return wrong
}

describe('grammar/scale.tmLanguage.json', () => {
  it('is up to date: else run `npm run grammar`', () => {
    expect(readFileSync('grammar/scale.tmLanguage.json', 'utf8')).toBe(textMateJson())
  })

  it('looks behind by one character only: Oniguruma, which editors use, knows no look-behind of several lengths', () => {
    const behind = [...textMateJson().matchAll(/\(\?<[=!]((?:\\\\.|\[[^\]]*\]|[^)])*)\)/g)].map(([, inner]) => inner as string)
    expect(behind.length).toBeGreaterThan(5)
    expect(behind.filter((inner) => !/^(?:\[[^\]]*\]|\\\\.)$/.test(inner))).toEqual([])
  })

  it('colours texts, literals and comments of any program as such', () => {
    fc.assert(
      fc.property(programs, (text) => {
        expect(miscoloured(text)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('colours every word of the language where it stands as one', () => {
    const text = readFileSync('test/bundle/golden/everything.scale', 'utf8')
    const scopes = scopesOf(text)
    const plain = tokensOf(text)
      .filter(({ tokenType, startOffset }) => tokenType.name in t.keyword && !/keyword|support|constant|entity.name.function/.test(scopes[startOffset] ?? ''))
      .map(({ image, startOffset }) => text.slice(startOffset - 10, startOffset + image.length + 10))
    expect(plain).toEqual([])
  })

  it('leaves words alone where they are names', () => {
    const text = 'every: scale deployment/scale +1 when span(target/between.let where a-in.or == 1).count > not-this and wait-for > 1'
    const scopes = scopesOf(text)
    const coloured = ['every', 'deployment/scale', 'target/between.let', 'a-in.or', 'not-this', 'wait-for'].filter((name) => {
      const at = text.indexOf(name)
      return scopes.slice(at, at + name.length).some((scope) => /keyword|support|constant/.test(scope))
    })
    expect(coloured).toEqual([])
    expect(scopes[0]).toBe('entity.name.function.rule.scale')
  })

  it('knows every statistic and field', () => {
    for (const stat of [...vocabulary.stat, ...vocabulary.field]) {
      const text = `let a = span(x).${stat}`
      expect(scopesOf(text)[text.length - 1], stat).toContain('support.variable.stat')
    }
  })
})
