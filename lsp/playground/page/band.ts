/** A rule's truth over time: a run of steps is one box. Which of the three it is shows in shape as well as in colour. */
import type { RulePicture } from '../contract.ts'
import type { TimeSpan } from './charts.ts'
import { runs } from './columns.ts'
import { element } from './dom.ts'
import { clock, counted } from './format.ts'

export function truthBand({ name, at, truth, unknown, fired }: RulePicture, span: TimeSpan): HTMLElement {
  const percent = (time: number): number => (100 * (time - span.start)) / Math.max(1e-9, span.end - span.start)
  // A run is of one truth for one reason.
  const words = truth.map((word, i) => (unknown[i] == null ? word : `${word} (${unknown[i]})`))
  const boxes = runs(at, words, span.start).map(({ value, from, to, steps }) =>
    element('i', {
      class: `run ${value.split(' ')[0]}`,
      style: `left:${percent(from)}%;width:${percent(to) - percent(from)}%`,
      title: `${value}: ${clock(from)} to ${clock(to)}, ${counted(steps, 'step')}`,
    }),
  )
  const ticks = at.flatMap((time, i) =>
    fired[i] === true ? [element('i', { class: 'fired', style: `left:${percent(time)}%`, title: `asked for something at ${clock(time)}` })] : [],
  )
  return element('div', { class: 'band', role: 'img', 'aria-label': `${name}: ${bandWords(truth, fired)}` }, ...boxes, ...ticks)
}

/** `true at 3 of 12 steps, unknown at 2; asked at 1` */
export function bandWords(truth: RulePicture['truth'], fired: RulePicture['fired']): string {
  const of = (word: string): number => truth.filter((each) => each === word).length
  const unknown = of('unknown')
  const asked = fired.filter(Boolean).length
  return `true at ${of('true')} of ${counted(truth.length, 'step')}${unknown === 0 ? '' : `, unknown at ${unknown}`}${asked === 0 ? '' : `; asked at ${asked}`}`
}
