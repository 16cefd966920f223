/**
 * The words of a file in their order, each with the comments around it. Printing takes them one after the other, so none can be lost, doubled or
 * moved: the tree only says how they are laid out.
 */
import type { IToken } from 'chevrotain'
import type { Lexed } from '../syntax/lex.ts'
import { lexPiece, rangeOf } from '../syntax/lex.ts'
import type { Comment, Ranged, SourceText } from '../tree.ts'
import type { Doc } from './doc.ts'
import { comment, concat, line } from './doc.ts'
import { spelling } from './spelling.ts'

export class Words {
  private readonly text: string
  private readonly tokens: readonly IToken[]
  private readonly allComments: readonly Comment[]
  private nextToken = 0
  private nextComment = 0
  /** Where what was taken last ends. */
  private end = 0
  /** Nothing but a comment on its line stands between a bracket that was opened and what comes next. */
  private opened = true

  constructor({ text }: SourceText) {
    const lexed: Lexed = { tokens: [], comments: [], foreign: [] }
    lexPiece(text, 0, text.length, lexed)
    this.text = text
    this.tokens = lexed.tokens
    this.allComments = lexed.comments
  }

  /** The next word as it is written, or another one so many behind (or, negative, before) it. */
  ahead(offset = 0): string | undefined {
    return this.tokens[this.nextToken + offset]?.image
  }

  /** Whether the next word starts before the end of a node. */
  within({ range }: Ranged): boolean {
    return (this.tokens[this.nextToken]?.startOffset ?? Number.POSITIVE_INFINITY) < range.end
  }

  /** Whether the next word starts before a node. */
  before({ range }: Ranged): boolean {
    return (this.tokens[this.nextToken]?.startOffset ?? Number.POSITIVE_INFINITY) < range.start
  }

  /** The next word, with the comments before it that are not taken yet and the one behind it on its line. */
  next(): Doc {
    const before = this.comments()
    const token = this.tokens[this.nextToken++]
    if (token === undefined) throw new Error('the tree has more words than the text')
    this.end = rangeOf(token).end
    this.opened = token.image === '{' || token.image === '('
    const behind = this.allComments[this.nextComment]
    const trailing = behind !== undefined && behind.range.start < this.start() && !this.text.slice(this.end, behind.range.start).includes('\n')
    return concat(before, spelling(token), trailing ? this.comment(true) : '')
  }

  /** Comments on lines of their own before the next word, or at the end. */
  comments(): Doc {
    const found: Doc[] = []
    while ((this.allComments[this.nextComment]?.range.start ?? Number.POSITIVE_INFINITY) < this.start()) found.push(this.comment(false))
    return concat(...found)
  }

  /** A place where a line may end. If it does, an empty line that stands there in the text is kept. */
  line(flat: string): Doc {
    return line(flat, this.blankAhead())
  }

  /** Whether an empty line stands before the next word or comment, and not right within brackets. */
  blankAhead(): boolean {
    const start = Math.min(this.start(), this.allComments[this.nextComment]?.range.start ?? this.text.length)
    if (this.opened || start === this.text.length || this.text[start] === '}' || this.text[start] === ')') return false
    return /\n[^\S\n]*\n/.test(this.text.slice(this.end, start))
  }

  /**
   * What stands between two words that are written without a space. A number keeps the space that it has, for behind one a sign might be a
   * part of it: `5 /s`.
   */
  joint(): Doc {
    const before = this.tokens[this.nextToken - 1]
    return before !== undefined && /^\d/.test(before.image) && this.start() > this.end ? ' ' : ''
  }

  /** Start of the next word. */
  private start(): number {
    return this.tokens[this.nextToken]?.startOffset ?? this.text.length
  }

  private comment(trailing: boolean): Doc {
    const { text, range } = this.allComments[this.nextComment] as Comment
    const blankBefore = !trailing && this.blankAhead()
    this.nextComment++
    this.end = range.end
    this.opened &&= trailing
    return comment(text.trimEnd(), { trailing, blankBefore, blankAfter: this.blankAhead() })
  }
}
