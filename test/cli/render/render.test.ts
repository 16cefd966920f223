/** Diagnostics as people see them. */
import { describe, expect, it } from 'vitest'
import { analyse } from '../../../src/bundle/index.ts'
import { render } from '../../../src/cli/render.ts'
import type { Diagnostic } from '../../../src/language/index.ts'

function rendered(text: string, more: Partial<Parameters<typeof render>[2]> = {}): string {
  const source = { name: 'x.scale', text }
  const { diagnostics } = analyse({ roots: [source], resolve: () => undefined })
  return render(
    diagnostics.filter(({ code }) => code !== 'SC4001'),
    [source],
    { colour: false, limit: 20, ...more },
  )
}

/** A diagnostic that no program has. */
function made(more: Partial<Diagnostic> & Pick<Diagnostic, 'range'>): Diagnostic {
  return { code: 'SC1001', severity: 'error', file: 'x.scale', message: 'something', ...more }
}

describe('render', () => {
  it('labels the other place in the same picture', () => {
    expect(rendered('target deployment/ads { between 1 and 2 }\n\n\n\ntarget deployment/ads { cooldown 60s }')).toBe(
      [
        'x.scale:5:8: error: the target deployment/ads is declared twice [SC2006]',
        '  1 | target deployment/ads { between 1 and 2 }',
        '    |        -------------- first declared here',
        '  ...',
        '  5 | target deployment/ads { cooldown 60s }',
        '    |        ^^^^^^^^^^^^^^',
        '  help: put all its clauses into one declaration',
        '',
      ].join('\n'),
    )
  })

  it('aligns marks with tabs, wide and combining characters', () => {
    expect(rendered('scale deployment/ads\t+2 when span(ads/"日本語 e\u0301🦊").p99 > 5').split('\n').slice(1, 3)).toEqual([
      '  1 | scale deployment/ads    +2 when span(ads/"日本語 e\u0301🦊").p99 > 5',
      // 66 columns on a terminal: three wide characters and a picture take two each, the accent none.
      `    | ${' '.repeat(61)}^ write 5s`,
    ])
  })

  it('draws several marks on one line below each other', () => {
    const source = { name: 'x.scale', text: 'let a = b' }
    const diagnostic = made({ range: { start: 8, end: 9 }, label: 'here', related: [{ file: 'x.scale', range: { start: 4, end: 5 }, message: 'and there' }] })
    expect(render([diagnostic], [source], { colour: false, limit: 9 })).toBe(
      ['x.scale:1:9: error: something [SC1001]', '  1 | let a = b', '    |         ^ here', '    |     - and there', ''].join('\n'),
    )
  })

  it('shows a long line once more for a mark that is far away', () => {
    const text = `let a = ${'1 + '.repeat(60)}b`
    const end = text.length
    const diagnostic = made({ range: { start: 4, end: 5 }, related: [{ file: 'x.scale', range: { start: end - 1, end }, message: 'there' }] })
    const lines = render([diagnostic], [{ name: 'x.scale', text }], { colour: false, limit: 9 }).split('\n')
    expect(lines[1]).toMatch(/^ {2}1 \| let a = 1 .* …$/)
    expect(lines[3]).toMatch(/^ {2}1 \| let a = … .* 1 \+ b$/)
    expect(lines[4]).toBe(`    | ${'- there'.padStart((lines[3] ?? '').length - 6 + ' there'.length)}`)
  })

  it('names places in other files, with their lines', () => {
    const sources = [
      { name: 'x.scale', text: 'let a = 1' },
      { name: 'y.scale', text: '\nlet a = 2' },
    ]
    const diagnostic = made({ range: { start: 4, end: 5 }, related: [{ file: 'y.scale', range: { start: 5, end: 6 }, message: 'as here' }] })
    expect(render([diagnostic], sources, { colour: false, limit: 9 })).toContain('  note: y.scale:2:5: as here\n  2 | let a = 2\n    |     -\n')
  })

  it('says the fix where the label is something else', () => {
    const fix = { title: 'write 2', edits: [{ range: { start: 8, end: 9 }, text: '2' }] }
    const out = render([made({ range: { start: 8, end: 9 }, label: 'too small', fix })], [{ name: 'x.scale', text: 'let a = 1' }], { colour: false, limit: 9 })
    expect(out).toContain('^ too small\n  fix: write 2\n')
  })

  it('lets no program paint the terminal', () => {
    expect(rendered('let a = "\u001b[31m" \u001b[0m')).not.toContain('\u001b')
    expect(rendered('scale deployment/ads +2 wen span(a).p99 > 1s', { colour: true })).toContain('\u001b[31m^^^ write when\u001b[0m')
  })

  it('marks the end of a text, and the first line of what is longer', () => {
    expect(render([made({ range: { start: 9, end: 9 } })], [{ name: 'x.scale', text: 'let a = 1' }], { colour: false, limit: 9 })).toContain(
      '    |          ^\n',
    )
    const long = render([made({ range: { start: 0, end: 12 } })], [{ name: 'x.scale', text: 'let a\n  = 1\n' }], { colour: false, limit: 9 })
    expect(long).toBe('x.scale:1:1: error: something [SC1001]\n  1 | let a\n    | ^^^^^\n')
  })
})
