/**
 * Words and the places where a line may end, laid out within a width: after Philip Wadler, "A prettier printer" (2003), with comments, which
 * always end their line.
 */

export type Doc = string | Concat | Group | Indent | Line | CommentDoc

interface Node {
  /** A line ends within it, whatever the width. */
  readonly hard: boolean
  /** It ends with a comment, so that whatever follows stands on the next line. */
  readonly open: boolean
}

interface Concat extends Node {
  readonly kind: 'concat'
  readonly parts: readonly Doc[]
}

/** On one line if there is room, else with a line end at each of its own lines. */
interface Group extends Node {
  readonly kind: 'group'
  readonly content: Doc
}

interface Indent extends Node {
  readonly kind: 'indent'
  readonly content: Doc
}

interface Line extends Node {
  readonly kind: 'line'
  /** What stands in its place on one line; of a hard line nothing does. */
  readonly flat: string
  /** If the line ends here, an empty one follows. */
  readonly blank: boolean
}

interface CommentDoc extends Node {
  readonly kind: 'comment'
  readonly text: string
  /** Behind something else on its line. */
  readonly trailing: boolean
  readonly blankBefore: boolean
  readonly blankAfter: boolean
}

export function concat(...parts: readonly Doc[]): Doc {
  let hard = false
  let open = false
  for (const part of parts) {
    if (isEmpty(part)) continue
    // A line end behind a comment is no news to it; anything else has to begin a new line.
    if (open && !isLine(part)) hard = true
    hard ||= isHard(part)
    open = isLine(part) ? open : isOpen(part)
  }
  return { kind: 'concat', parts, hard, open }
}

export function group(...parts: readonly Doc[]): Doc {
  const content = concat(...parts)
  return { kind: 'group', content, hard: isHard(content), open: isOpen(content) }
}

/** The same by two columns further right, from the next line on. */
export function indent(...parts: readonly Doc[]): Doc {
  const content = concat(...parts)
  return { kind: 'indent', content, hard: isHard(content), open: isOpen(content) }
}

export function line(flat: string, blank = false): Doc {
  return { kind: 'line', flat, blank, hard: false, open: false }
}

export function hardLine(blank = false): Doc {
  return { kind: 'line', flat: '', blank, hard: true, open: false }
}

export function comment(text: string, place: { readonly trailing: boolean; readonly blankBefore: boolean; readonly blankAfter: boolean }): Doc {
  return { kind: 'comment', text, ...place, hard: !place.trailing, open: true }
}

export function join(docs: readonly Doc[], between: () => Doc): Doc {
  return concat(...docs.flatMap((doc, i) => (i === 0 ? [doc] : [between(), doc])))
}

function isHard(doc: Doc): boolean {
  return typeof doc !== 'string' && doc.hard
}

function isOpen(doc: Doc): boolean {
  return typeof doc !== 'string' && doc.open
}

function isLine(doc: Doc): boolean {
  return typeof doc !== 'string' && doc.kind === 'line'
}

export function isEmpty(doc: Doc): boolean {
  if (typeof doc === 'string') return doc === ''
  if (doc.kind === 'concat') return doc.parts.every(isEmpty)
  return (doc.kind === 'group' || doc.kind === 'indent') && isEmpty(doc.content)
}

// Layout

interface Command {
  readonly indentation: number
  readonly flat: boolean
  readonly doc: Doc
}

/** What is written once something follows it: a space, or a line end. */
interface Gap {
  readonly end: boolean
  /** Of the next line; behind a comment it is that of what follows. */
  readonly indentation: number | undefined
  readonly blank: boolean
}

const space: Gap = { end: false, indentation: undefined, blank: false }

/** The text of a document, without a line end behind its last line. */
export function layout(doc: Doc, width: number): string {
  const stack: Command[] = [{ indentation: 0, flat: false, doc }]
  let out = ''
  let column = 0
  let gap: Gap | undefined

  const end = (indentation: number | undefined, blank: boolean): void => {
    gap = { end: true, indentation, blank: blank || gap?.blank === true }
  }
  const write = (text: string, indentation: number): void => {
    if (gap?.end === true) {
      column = gap.indentation ?? indentation
      out += `${out === '' ? '' : gap.blank ? '\n\n' : '\n'}${' '.repeat(column)}`
    } else if (gap !== undefined) {
      out += ' '
      column++
    }
    gap = undefined
    out += text
    column += text.length
  }
  const columnOf = (indentation: number): number => (gap?.end === true ? (gap.indentation ?? indentation) : column + (gap === undefined ? 0 : 1))

  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { indentation, flat, doc } = command
    if (doc === ' ') gap ??= space
    else if (typeof doc === 'string') {
      if (doc !== '') write(doc, indentation)
    } else
      switch (doc.kind) {
        case 'concat':
          for (let i = doc.parts.length - 1; i >= 0; i--) stack.push({ indentation, flat, doc: doc.parts[i] as Doc })
          break
        case 'indent':
          stack.push({ indentation: indentation + 2, flat, doc: doc.content })
          break
        case 'group': {
          const one = { indentation, flat: true, doc: doc.content }
          stack.push(flat || (!doc.hard && fits(one, stack, width - columnOf(indentation))) ? one : { ...one, flat: false })
          break
        }
        case 'line':
          if (!flat || doc.hard) end(indentation, doc.blank)
          else if (doc.flat === ' ') gap ??= space
          else if (doc.flat !== '' && gap === undefined) write(doc.flat, indentation)
          break
        case 'comment':
          if (doc.trailing) gap = space
          else end(indentation, doc.blankBefore)
          write(doc.text, indentation)
          end(undefined, doc.blankAfter)
      }
  }
  return out
}

/** Whether `first` and what follows it up to the next line end take no more than `room` columns. Comments behind a line may be longer. */
function fits(first: Command, rest: readonly Command[], room: number): boolean {
  const stack = [first]
  let next = rest.length
  let left = room
  while (left >= 0) {
    const command = stack.pop() ?? rest[--next]
    if (command === undefined) return true
    const { flat, doc } = command
    // Indentation is of no matter until a line ends.
    if (typeof doc === 'string') left -= doc.length
    else if (doc.kind === 'concat') {
      for (let i = doc.parts.length - 1; i >= 0; i--) {
        const part = doc.parts[i] as Doc
        if (part !== '') stack.push({ indentation: 0, flat, doc: part })
      }
    } else if (doc.kind === 'group' || doc.kind === 'indent') stack.push({ indentation: 0, flat, doc: doc.content })
    else if (doc.kind === 'comment' || !flat || doc.hard) return true
    else left -= doc.flat.length
  }
  return false
}
