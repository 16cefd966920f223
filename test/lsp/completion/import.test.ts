/** Constants of files that are not imported yet: taking one imports its file. */
import { describe, expect, it } from 'vitest'
import { completion } from '../../../lsp/features/completion/index.ts'
import { edited } from '../client.ts'
import { cursorIn, viewOf } from '../view.ts'

const limits = 'let slow = 400ms\nlet slow-rate = 5/s\nlet calm = slow / 4\n'

function offered(marked: string, more: Readonly<Record<string, string>> = { 'limits/shared.scale': limits }) {
  const { text, offset } = cursorIn(marked)
  const { items } = completion(viewOf({ files: { 'main.scale': text, ...more } }), offset, { snippets: false })
  return { text, items, labels: items.map(({ label }) => label) }
}

const rule = (condition: string): string => `ads: scale deployment/ads +1 when ${condition}`

describe('constants of other files', () => {
  it('of the type that is asked for are offered as soon as their names are begun, and bring the import', () => {
    const { text, items, labels } = offered(rule('span(ads/Get).p99 > sl|'))
    expect(labels).toEqual(['slow'])
    expect(items[0]?.detail).toBe('400ms (import limits/shared.scale)')
    const edits = [items[0]?.textEdit, ...(items[0]?.additionalTextEdits ?? [])].flatMap((edit) => (edit !== undefined && 'range' in edit ? [edit] : []))
    expect(edited(text, edits)).toBe(`import "limits/shared.scale"\n\n${rule('span(ads/Get).p99 > slow')}`)
  })

  it('are worth what they are worth there', () => {
    expect(offered(rule('span(ads/Get).p99 > ca|')).items[0]?.detail).toBe('100ms (import limits/shared.scale)')
  })

  it('are not offered before, nor of files that are imported, nor in a circle', () => {
    expect(offered(rule('span(ads/Get).p99 > |')).labels).not.toContain('slow')
    expect(offered(`import "limits/shared.scale"\n${rule('span(ads/Get).p99 > sl|')}`).items[0]?.additionalTextEdits).toBeUndefined()
    expect(offered(rule('span(ads/Get).p99 > sl|'), { 'other.scale': `import "main.scale"\n${limits}` }).labels).toEqual([])
    expect(offered(`let calm = 1s\n${rule('span(ads/Get).p99 > sl|')}`).labels).toEqual([])
  })
})
