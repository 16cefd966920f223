/** Markdown for a terminal: the little that the reference's pages use (headings, paragraphs, lists, fenced blocks, tables). */

export interface MarkdownOptions {
  readonly colour: boolean
  /** Columns that a paragraph fills. */
  readonly width: number
}

export function renderMarkdown(text: string, { colour, width }: MarkdownOptions): string {
  const paint = colour ? painted : plain
  const out: string[] = []
  let paragraph: string[] = []
  const flush = (): void => {
    if (paragraph.length === 0) return
    const lines = wrapped(unlinked(paragraph.join(' ')), width).map((line) => inline(line, paint))
    out.push(...lines, '')
    paragraph = []
  }
  let fence = false
  for (const line of text.trimEnd().split(/\r?\n/)) {
    const [, info] = /^```(.*)$/.exec(line) ?? []
    if (info !== undefined) {
      flush()
      if (!fence && out.at(-1)?.startsWith('|')) out.push('')
      if (!fence) out.push(...captionOf(info, paint))
      else out.push('')
      fence = !fence
    } else if (fence) out.push(line === '' ? '' : `    ${paint.code(line)}`)
    else if (line.trim() === '') flush()
    else if (/^#+ /.test(line)) {
      flush()
      out.push(paint.strong(line.replace(/^#+ /, '').replaceAll('`', '')), '')
    } else if (/^\|/.test(line)) {
      flush()
      if (!/^[|\s:-]+$/.test(line)) out.push(inline(unlinked(line), paint))
    } else {
      // An item of a list stands alone.
      if (item.test(line) && paragraph.length > 0) {
        const another = item.test(paragraph[0] ?? '')
        flush()
        if (another) out.pop()
      }
      paragraph.push(line.trim())
    }
  }
  flush()
  return `${out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

/** What `wrong` and `right` blocks are called. */
function captionOf(info: string, paint: Paint): string[] {
  const [, kind, ...more] = info.trim().split(/\s+/)
  const file = more.find((word) => word.startsWith('file='))?.slice(5)
  const caption = kind === 'wrong' ? paint.wrong('Wrong') : kind === 'right' ? paint.right('Right') : undefined
  return caption === undefined ? [] : [file === undefined ? `  ${caption}:` : `  ${caption}, ${file}:`]
}

/** Breaks between words; the lines behind the first of a list's item are indented. */
export function wrapped(text: string, width: number): string[] {
  const indent = ' '.repeat(/^(?:[-*]|\d+\.) /.exec(text)?.[0].length ?? 0)
  const lines: string[] = []
  let line = ''
  // Code is one word, so that it is not torn apart.
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    if (line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines
}

const item = /^\s*(?:[-*]|\d+\.) /

/** A terminal shows the text of a link. */
function unlinked(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
}

function inline(line: string, paint: Paint): string {
  return line
    .replace(/\*\*([^*]+)\*\*/g, (_, text: string) => paint.strong(text))
    .replace(/`([^`]*)`/g, (whole, code: string) => (paint === plain ? whole : paint.code(code)))
}

type Style = (text: string) => string
interface Paint {
  readonly strong: Style
  readonly code: Style
  readonly wrong: Style
  readonly right: Style
}
const ansi =
  (code: number): Style =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`
const same: Style = (text) => text
const plain: Paint = { strong: same, code: same, wrong: same, right: same }
const painted: Paint = { strong: ansi(1), code: ansi(36), wrong: ansi(31), right: ansi(32) }
