/** XML 1.0. */

export interface Element {
  readonly name: string
  /** Undefined ones are left out. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>
  /** Elements, or text. */
  readonly content?: readonly Element[] | string
}

export function xml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${written(root, '')}`
}

function written({ name, attributes, content = [] }: Element, indent: string): string {
  const start = [name, ...Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [`${key}="${escaped(String(value))}"`]))].join(' ')
  if (content.length === 0) return `${indent}<${start}/>\n`
  if (typeof content === 'string') return `${indent}<${start}>${text(content)}</${name}>\n`
  return `${indent}<${start}>\n${content.map((element) => written(element, `${indent}  `)).join('')}${indent}</${name}>\n`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\r': '&#13;', '\t': '&#9;' }

/** Of attributes, where a parser would make blanks of the ends of lines. */
function escaped(value: string): string {
  return storable(value).replace(/[&<>"\n\r\t]/g, (character) => entities[character] as string)
}

function text(content: string): string {
  return storable(content).replace(/[&<>\r]/g, (character) => entities[character] as string)
}

/** Characters that XML cannot hold at all become U+FFFD. */
function storable(value: string): string {
  return value.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}
