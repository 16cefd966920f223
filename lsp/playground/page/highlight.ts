/** Colours of the text before, and without, a language server: words by their role. */
import { HighlightStyle, StreamLanguage, type StreamParser, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { tags } from '@lezer/highlight'

interface State {
  /** Inside the parentheses of `span( )`, how deep: names there may be words elsewhere. */
  depth: number
}

export type Words = Readonly<Record<string, readonly string[]>>

const declarations = new Set(['language', 'import', 'let', 'defaults', 'target', 'scale', 'freeze', 'test'])
const inSelectors = new Set(['where', 'under', 'child', 'of', 'has', 'matches', 'in', 'and', 'or', 'not'])

export function scaleLanguage(words: Words): StreamLanguage<State> {
  const keywords = new Set(words.keyword ?? [])
  const stats = new Set([...(words.stat ?? []), ...(words.field ?? [])])
  const constants = new Set([...(words.kind ?? []), ...(words.status ?? []), ...(words.mode ?? []), 'true', 'false'])
  const units = [...(words.unit ?? [])].sort((a, b) => b.length - a.length).map((unit) => unit.replace(/[/%]/g, '\\$&'))
  const number = new RegExp(`^\\d+(?:\\.\\d+)?(?:${units.join('|')})?(?:\\d+(?:\\.\\d+)?(?:${units.join('|')}))*`)
  const parser: StreamParser<State> = {
    name: 'scale',
    startState: () => ({ depth: 0 }),
    token(stream, state) {
      if (stream.eatSpace()) return null
      if (stream.match(/^\/\/\/.*/)) return 'docComment'
      if (stream.match(/^\/\/.*/)) return 'lineComment'
      if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string'
      if (stream.match(/^\d{1,2}:\d\d/) || stream.match(number)) return 'number'
      if (stream.match(/^(?:[=!<>]=|[<>=])/)) return 'compareOperator'
      if (stream.match(/^[-+*±]/)) return 'arithmeticOperator'
      const name = stream.match(/^[A-Za-z_][\w-]*/)
      if (typeof name !== 'object' || name === null) {
        const sign = stream.next()
        if (sign === '(') state.depth += state.depth > 0 || stream.string.slice(0, stream.start).endsWith('span') ? 1 : 0
        if (sign === ')' && state.depth > 0) state.depth--
        return sign === '(' || sign === ')' || sign === '{' || sign === '}' ? 'paren' : null
      }
      const [word] = name
      const before = stream.string[stream.start - 1]
      const behind = stream.string[stream.pos]
      if (before === '.' && stats.has(word)) return 'propertyName'
      // A part of a name: of a workload, an operation, an attribute.
      if (before === '/' || before === '.' || behind === '/' || behind === '.') return 'name'
      if (state.depth > 0) return inSelectors.has(word) ? 'keyword' : constants.has(word) ? 'atom' : stats.has(word) ? 'propertyName' : 'name'
      if (behind === '(') return keywords.has(word) ? 'function' : 'name'
      if (behind === ':' && /^\s*$/.test(stream.string.slice(0, stream.start))) return 'labelName'
      if (declarations.has(word)) return 'definitionKeyword'
      if (constants.has(word)) return 'atom'
      return keywords.has(word) ? 'keyword' : 'name'
    },
    languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '{', '"'] } },
    tokenTable: {
      function: tags.function(tags.variableName),
      docComment: tags.docComment,
      lineComment: tags.lineComment,
      definitionKeyword: tags.definitionKeyword,
    },
  }
  return StreamLanguage.define(parser)
}

const style = HighlightStyle.define([
  { tag: tags.definitionKeyword, color: 'var(--code-declaration)', fontWeight: '600' },
  { tag: tags.keyword, color: 'var(--code-keyword)' },
  { tag: tags.function(tags.variableName), color: 'var(--code-function)' },
  { tag: tags.propertyName, color: 'var(--code-function)' },
  { tag: tags.labelName, color: 'var(--code-label)', fontWeight: '600' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.atom, color: 'var(--code-number)' },
  { tag: [tags.lineComment, tags.docComment], color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.compareOperator, tags.arithmeticOperator], color: 'var(--code-keyword)' },
])

export const highlighting: Extension = syntaxHighlighting(style)
