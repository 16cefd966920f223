/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Documentation comes with texts of whoever wrote the rules: of its HTML, only what formats text stays. */

const kept = new Set('A B BLOCKQUOTE BR CODE DEL DIV EM H1 H2 H3 H4 HR I LI OL P PRE SPAN STRONG TABLE TBODY TD TH THEAD TR UL'.split(' '))
/** Dropped with what is in them; of others the text stays. */
const dropped = new Set(['SCRIPT', 'STYLE', 'IFRAME', 'OBJECT', 'TEMPLATE'])

export function sanitized(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  clean(body)
  return body.innerHTML
}

function clean(parent: Element): void {
  for (const child of [...parent.children]) {
    if (dropped.has(child.tagName)) {
      child.remove()
      continue
    }
    clean(child)
    if (!kept.has(child.tagName)) {
      child.replaceWith(...child.childNodes)
      continue
    }
    for (const { name } of [...child.attributes])
      if (name !== 'class' && !(name === 'href' && isLink(child.getAttribute('href') ?? ''))) child.removeAttribute(name)
    if (child.tagName === 'A') {
      child.setAttribute('rel', 'noopener noreferrer')
      child.setAttribute('target', '_blank')
    }
  }
}

function isLink(href: string): boolean {
  return /^https?:\/\//.test(href)
}
