/** Lines of text that fit a page. */

/** Wide enough for a rule, narrow enough to read. */
const width = 100

/** The text in lines, broken at spaces: the first begins with `first`, the others with `rest`. A word that is too long stands alone. */
export function wrapped(text: string, first: string, rest: string = first): readonly string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = rest
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].map((found) => found.trimEnd())
}
