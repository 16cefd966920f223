/** The registry of messages, and the page that each has in grammar/diagnostics. */
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../src/bundle/index.ts'
import type { Catalog, Diagnostic, LintContext } from '../../src/language/index.ts'
import { messageOf, registry } from '../../src/language/index.ts'

describe('the registry', () => {
  const codes = registry.map(({ code }) => code)

  it('has each code once, in order', () => {
    expect(codes).toEqual([...new Set(codes)].sort())
    expect(messageOf('SC1003')?.title).toBe('a misspelt keyword')
    expect(messageOf('SC9999')).toBeUndefined()
  })

  it('has codes and severities that go together', () => {
    for (const { code, severity } of registry) {
      expect(code).toMatch(/^SC[1-4]\d{3}$/)
      expect(severity, code).toBe(code.startsWith('SC4') ? 'warning' : 'error')
    }
  })

  it('has a title for each, and no two alike', () => {
    for (const { code, title } of registry) expect(title, code).toMatch(/^\S.{5,60}[^.]$/)
    expect(new Set(registry.map(({ title }) => title)).size).toBe(registry.length)
  })
})

interface Example {
  readonly kind: 'wrong' | 'right'
  /** Of a program of several files; the first is given to the compiler. */
  readonly file: string
  readonly text: string
}

interface Page {
  readonly code: string
  /** Of a fenced `json catalog` (what it leaves out is empty), and of `json lint`. */
  readonly context: LintContext
  readonly text: string
  readonly examples: readonly Example[]
}

const pages = globSync('grammar/diagnostics/SC*.md')
  .sort()
  .map((path): Page => {
    const text = readFileSync(path, 'utf8')
    const examples = [...text.matchAll(/^```scale (wrong|right)(?: file=(\S+))?\n([\s\S]*?)^```$/gm)].map(
      ([, kind, file = 'rules.scale', example = '']): Example => ({ kind: kind as Example['kind'], file, text: example }),
    )
    return { code: basename(path, '.md'), text, examples, context: contextOf(text) }
  })

function contextOf(page: string): LintContext {
  const block = (name: string): object | undefined => {
    const json = new RegExp(`^\`\`\`json ${name}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1]
    return json === undefined ? undefined : (JSON.parse(json) as object)
  }
  const catalog = block('catalog')
  return { ...block('lint'), ...(catalog === undefined ? {} : { catalog: { format: 1, services: [], workloads: [], ...catalog } satisfies Catalog }) }
}

/** What the compiler says of a page's wrong or right program. */
function diagnosticsOf(page: Page, kind: Example['kind']): readonly Diagnostic[] {
  const sources = page.examples.filter((example) => example.kind === kind).map(({ file, text }) => ({ name: file, text }))
  const input = { roots: sources.slice(0, 1), resolve: (path: string) => sources.find(({ name }) => name === path) }
  return analyse(input, page.context).diagnostics
}

describe('grammar/diagnostics', () => {
  it('is listed', async () => {
    const kinds = { SC1: 'Syntax', SC2: 'Names, units and types', SC3: 'Rules that cannot work', SC4: 'Warnings' }
    const tables = Object.entries(kinds).map(([prefix, kind]) => {
      const rows = registry.filter(({ code }) => code.startsWith(prefix)).map(({ code, title }) => `| [${code}](${code}.md) | ${title} |`)
      return `## ${kind}\n\n| code | |\n| --- | --- |\n${rows.join('\n')}\n`
    })
    const head =
      '# What the compiler says\n\nEvery message has a code, which is never used again for something else, and a page: `scalec explain SC1001` prints it.\n'
    await expect([head, ...tables].join('\n')).toMatchFileSnapshot('../../grammar/diagnostics/README.md')
  })

  it('has a page for each code and no other', () => {
    expect(pages.map(({ code }) => code)).toEqual(registry.map(({ code }) => code))
  })

  it.each(pages.map((page) => [page.code, page] as const))('%s', (code, page) => {
    expect(page.text.split('\n')[0]).toBe(`# ${code}: ${messageOf(code)?.title}`)
    expect(page.text, 'says in a paragraph what it means').toMatch(/^# .*\n\n[A-Z`][^#]*\.\n\n```scale wrong/)
    expect(page.examples.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['wrong', 'right']))
    expect(diagnosticsOf(page, 'wrong').map((d) => d.code)).toContain(code)
    const right = diagnosticsOf(page, 'right')
    expect(right.map((d) => d.code)).not.toContain(code)
    expect(right.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([])
  })

  it('shows what it is about and little else', () => {
    for (const page of pages)
      for (const diagnostic of diagnosticsOf(page, 'wrong')) {
        const others = [page.code, 'SC4001', 'SC4002', 'SC4006']
        expect(others, `${page.code} also shows ${diagnostic.code}: ${diagnostic.message}`).toContain(diagnostic.code)
      }
  })
})
