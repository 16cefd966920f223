/** How wide text is on a terminal: tabs, characters of two columns, and those of none. */

/** Columns from one tab stop to the next. */
const tabWidth = 4

export interface Shown {
  /** What is printed: tabs as blanks, controls as a sign that is seen. */
  readonly text: string
  /** The column, from 0, at which the character at an index of the string starts; that of the end for its length. */
  readonly columnOf: (index: number) => number
}

export function shown(text: string): Shown {
  const columns = new Uint32Array(text.length + 1)
  let out = ''
  let column = 0
  let index = 0
  for (const character of text) {
    columns.fill(column, index, index + character.length)
    index += character.length
    if (character === '\t') {
      const blanks = tabWidth - (column % tabWidth)
      out += ' '.repeat(blanks)
      column += blanks
    } else {
      const printed = unprintable.test(character) ? '\ufffd' : character
      out += printed
      column += widthOf(printed)
    }
  }
  columns[text.length] = column
  return { text: out, columnOf: (at) => columns[Math.max(0, Math.min(at, text.length))] as number }
}

/** The text without anything that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(new RegExp(unprintable, 'gu'), (character) => (character === '\n' ? character : '\ufffd'))
}

/** Columns of a text without tabs. */
export function width(text: string): number {
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) as number
  if (code < 0x300) return 1
  if (nothing.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** Controls, which a terminal would obey, and marks that turn the direction of writing, which would show a program other than it is. */
const unprintable = /\p{Cc}|\p{Cs}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const nothing = /\p{Mn}|\p{Me}|[\u200b-\u200d\u2060\ufeff]/u
/** East Asian wide and full width, and pictures. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
