/** The completion suite: positions.txt says what is offered where, and what is not. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { completion } from '../../../lsp/features/completion/index.ts'
import { shared, shop } from '../shop.ts'
import { cursorIn, viewOf } from '../view.ts'
import { applyEdits } from './apply.ts'

interface Position {
  readonly section: string
  readonly marked: string
  readonly checks: readonly (readonly [Check, readonly string[]])[]
}

const checks = ['first', 'has', 'no', 'only', 'none', 'becomes'] as const
type Check = (typeof checks)[number]

const isCheck = (line: string): boolean => checks.some((check) => line === check || line.startsWith(`${check} `))

function positionsIn(file: string): readonly Position[] {
  const positions: Position[] = []
  let section = ''
  for (const paragraph of readFileSync(file, 'utf8').split(/\n\n+/)) {
    const lines = paragraph.split('\n').filter((line) => line !== '')
    const [first] = lines
    if (first === undefined) continue
    if (first.startsWith('## ')) section = first.slice(3)
    if (first.startsWith('#')) continue
    const said = lines.filter(isCheck).map((line): Position['checks'][number] => {
      const check = line.split(' ', 1)[0] as Check
      const rest = line.slice(check.length + 1)
      return [check, check === 'becomes' ? [rest] : rest.split(' · ')]
    })
    positions.push({ section, marked: lines.filter((line) => !isCheck(line)).join('\n'), checks: said })
  }
  return positions
}

const head = 'import "shared.scale"\n'
const positions = positionsIn('test/lsp/completion/positions.txt')

describe('positions.txt', () => {
  it('has 150 positions and more, each with something to check', () => {
    expect(positions.length).toBeGreaterThanOrEqual(150)
    expect(positions.filter(({ checks, marked }) => checks.length === 0 || marked.split('|').length !== 2)).toEqual([])
  })

  it.each(positions)('$section: $marked', ({ marked, checks }) => {
    const { text, offset } = cursorIn(head + marked)
    const view = viewOf({ files: { 'main.scale': text, 'shared.scale': shared }, catalog: shop, recordings: ['traces.binpb.gz'] })
    const { items } = completion(view, offset, { snippets: false })
    const labels = items.map(({ label }) => label)
    for (const [check, wanted] of checks)
      switch (check) {
        case 'first':
          expect(labels.slice(0, 1)).toEqual(wanted)
          break
        case 'has':
          expect(labels).toEqual(expect.arrayContaining([...wanted]))
          break
        case 'no':
          expect(labels.filter((label) => wanted.includes(label))).toEqual([])
          break
        case 'only':
          expect([...labels].sort()).toEqual([...wanted].sort())
          break
        case 'none':
          expect(labels).toEqual([])
          break
        case 'becomes':
          expect(applyEdits(text, items[0]).slice(head.length)).toBe(wanted[0])
          break
      }
  })
})
