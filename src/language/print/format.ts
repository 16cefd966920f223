/** A file in its canonical form. */
import type { Diagnostic } from '../diagnostics.ts'
import { parse } from '../syntax/index.ts'
import type { Declaration, SourceText } from '../tree.ts'
import { printDeclaration } from './declaration.ts'
import type { Doc } from './doc.ts'
import { concat, indent, isEmpty, layout } from './doc.ts'
import { Words } from './words.ts'

export interface Formatted {
  /** Unchanged if there are diagnostics. */
  readonly text: string
  /** Those of the parser. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Columns that lines keep within, where the words let them. */
const width = 100

/**
 * Lays out a file in the one way there is. Only spaces and line ends change, and the spelling of a few literals: every comment stays between the words
 * between which it stood, and of empty lines one is left. A file with errors stays as it is.
 */
export function format(source: SourceText): Formatted {
  const { tree, diagnostics } = parse(source)
  if (diagnostics.length > 0) return { text: source.text, diagnostics }
  const w = new Words(source)
  const pieces: Piece[] = []
  if (tree.language !== undefined) pieces.push(printPiece(w, () => concat(w.next(), indent(' ', w.next())), true))
  for (const declaration of tree.declarations) {
    pieces.push(printPiece(w, () => printDeclaration(declaration, w), isApart(declaration)))
    if (w.within(declaration)) throw new Error(`words of a declaration are not printed, from ${w.ahead()} on`)
  }
  const blank = w.blankAhead()
  const rest = layout(w.comments(), width)
  if (rest !== '') pieces.push({ text: rest, blank, apart: false })
  return { text: joined(pieces), diagnostics }
}

interface Piece {
  /** With the comments before it. */
  readonly text: string
  /** Whether an empty line stands before it in the text. */
  readonly blank: boolean
  /** Whether empty lines set it apart from its neighbours, whatever the text has. */
  readonly apart: boolean
}

function isApart({ kind }: Declaration): boolean {
  return kind === 'import'
}

function printPiece(w: Words, print: () => Doc, apart: boolean): Piece {
  const blank = w.blankAhead()
  const comments = w.comments()
  const doc = print()
  const alone = layout(doc, width)
  const text = isEmpty(comments) ? alone : layout(concat(comments, doc), width)
  return { text, blank, apart: apart || alone.includes('\n') }
}

function joined(pieces: readonly Piece[]): string {
  let text = ''
  for (const [i, piece] of pieces.entries()) {
    const before = pieces[i - 1]
    if (before !== undefined) text += piece.blank || piece.apart || before.apart ? '\n\n' : '\n'
    text += piece.text
  }
  return text === '' ? '' : `${text}\n`
}
