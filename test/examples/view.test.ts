import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { coloured, createView, frame, line, type Picture, sparkline } from '../../examples/boutique/demo/view.ts'

const picture: Picture = {
  elapsed: 17.4,
  total: 64,
  phase: 'surge',
  perSecond: 60,
  p99s: [90, 95, undefined, 400, 900],
  thresholdMs: 300,
  ready: 2,
  desired: 4,
  rules: [
    { name: 'ads-slow', truth: 'true', why: 'p99 > 300ms 3 of 3 times' },
    { name: 'ads-calm', truth: 'false', why: 'p95 900ms' },
  ],
  hold: undefined,
  events: ['17.1 s  ScaleUp process:ads 2 to 4'],
}

describe('the view', () => {
  it('draws the moment', () => {
    expect(frame(picture, 80).slice(0, 9)).toEqual([
      '[=====               ] 17 of 64 s   surge, 60 requests/s',
      '',
      'p99       ▂▂ ▅▇ 900 ms (threshold 300 ms)',
      'replicas  ■ ■ □ □ 2 ready, 4 wanted',
      '',
      'ads-slow  true     p99 > 300ms 3 of 3 times',
      'ads-calm  false    p95 900ms',
      '',
      '',
    ])
  })

  it('has as many lines whatever there is to say, and none wraps', () => {
    const full = {
      ...picture,
      hold: { reason: 'Cooldown', message: '5 s to go' },
      events: Array.from({ length: 20 }, (_, i) => `event ${i} ${'long '.repeat(40)}`),
    }
    const lines = frame(full, 60)
    expect(lines).toHaveLength(frame({ ...picture, events: [] }, 60).length)
    expect(lines.filter((l) => l.length > 60)).toEqual([])
    expect(lines.at(-1)).toContain('event 19')
  })

  it('cuts by what is seen, not by colour codes', () => {
    const plain = frame(picture, 50)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes start with an escape
    expect(frame(picture, 50, coloured).map((l) => l.replaceAll(/\u001b\[\d+m/g, ''))).toEqual(plain)
  })

  it('is lines where there is no terminal: one every two seconds, and each event once', async () => {
    const out = new PassThrough({ encoding: 'utf8' })
    let text = ''
    out.on('data', (chunk: string) => {
      text += chunk
    })
    const view = createView(out as unknown as NodeJS.WriteStream)
    const events = ['  1.0 s  first', '  3.9 s  second']
    view.show({ ...picture, elapsed: 1.1, events: events.slice(0, 1) })
    view.show({ ...picture, elapsed: 1.9, events: events.slice(0, 1) })
    view.show({ ...picture, elapsed: 3.9, events })
    view.end()
    await finished(out.end())
    expect(text.split('\n')).toEqual([events[0], line({ ...picture, elapsed: 1.1 }), events[1], line({ ...picture, elapsed: 3.9 }), ''])
    expect(line(picture)).toBe('17.4 s  surge 60/s        p99 900 ms    replicas 2 of 4   true: ads-slow')
  })

  it('tells a calm 90 ms, a threshold and a queue apart', () => {
    expect(sparkline([50, 90, 300, 1000, 5000])).toBe('▁▂▄▇█')
  })
})
