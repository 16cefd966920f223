/** Lines over time. All charts of a picture have the same width, the same time axis and the same cursor. */
import uPlot from 'uplot'
import type { RulePicture, SeriesPicture, TargetPicture } from '../contract.ts'
import { decided, measured, runs } from './columns.ts'
import { clock, quantity } from './format.ts'

/** Space for the numbers of the y axis and behind the last step, CSS pixels. page.css has them as well, for bands. */
const gutter = 64
const margin = 28

export interface TimeSpan {
  /** Seconds. */
  readonly start: number
  readonly end: number
}

/** Colours are the page's: read at each drawing, so that they follow the theme. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

export interface Chart {
  readonly plot: uPlot
  resize(width: number): void
}

interface Cursor {
  /** Hears where the cursor is, seconds; undefined when it has left. */
  readonly onCursor: (at: number | undefined) => void
  /** Of the picture: charts of one picture share a cursor. */
  readonly key: string
}

/** Values, what they are compared with, and where the comparison was true. */
export function valueChart(host: HTMLElement, rule: RulePicture, series: SeriesPicture, span: TimeSpan, cursor: Cursor): Chart {
  const { x, ys } = measured(rule.at, span.start, series.values, series.thresholds)
  const trueRuns = runs(rule.at, series.truth, span.start).filter(({ value }) => value === 'true')
  return chart(host, 104, span, cursor, {
    data: [x, ...ys],
    format: (value) => quantity(value, series.type),
    top: extent(series.values, series.thresholds) * 1.12,
    series: [
      { stroke: () => colour('--value'), width: 2, points: { show: false } },
      { stroke: () => colour('--threshold'), width: 1.5, dash: [6, 4], points: { show: false } },
    ],
    below: (plot) => {
      plot.ctx.fillStyle = colour('--true-tint')
      for (const { from, to } of trueRuns) column(plot, from, to)
    },
  })
}

/** Replicas as steps: wanted, ready, and as they were before the rules were edited. */
export function replicasChart(host: HTMLElement, target: TargetPicture, before: TargetPicture | undefined, span: TimeSpan, cursor: Cursor): Chart {
  const sameSteps = before !== undefined && before.at.length === target.at.length
  const ghost = sameSteps && before.desired.some((count, i) => count !== target.desired[i]) ? before.desired : []
  const from = <T>(initial: T, values: readonly T[]): readonly T[] => [initial, ...values]
  const { x, ys } = decided(
    from(span.start, target.at),
    span.end,
    from(target.initial, target.desired),
    from(target.initial, target.ready),
    ghost.length > 0
      ? from(before?.initial ?? null, ghost)
      : from(
          null,
          target.at.map(() => null),
        ),
  )
  return chart(host, 96, span, cursor, {
    data: [x, ...ys],
    format: String,
    steps: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
    top: Math.max(2, extent([target.initial], target.desired, ghost) * 1.2),
    series: [
      { stroke: () => colour('--replicas'), fill: () => colour('--replicas-tint'), width: 2, points: { show: false } },
      { stroke: () => colour('--ready'), width: 1.5, dash: [2, 3], points: { show: false } },
      { stroke: () => colour('--ghost'), width: 1.5, dash: [8, 4], points: { show: false } },
    ],
    axis: true,
  })
}

interface Content {
  readonly data: readonly (readonly (number | null)[])[]
  readonly format: (value: number) => string
  /** Of the numbers beside the y axis; any that fit where these are absent. */
  readonly steps?: readonly number[]
  /** Of the y scale. */
  readonly top: number
  readonly series: readonly uPlot.Series[]
  /** Drawn under the lines. */
  readonly below?: (plot: uPlot) => void
  /** Whether the time is written below. */
  readonly axis?: boolean
}

function chart(host: HTMLElement, height: number, { start, end }: TimeSpan, cursor: Cursor, content: Content): Chart {
  const font = `11px ${colour('--sans') || 'sans-serif'}`
  const plot = new uPlot(
    {
      width: Math.max(200, host.clientWidth),
      height: height + (content.axis === true ? 22 : 0),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      legend: { show: false },
      padding: [8, margin, content.axis === true ? 0 : 4, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false }, sync: { key: cursor.key, setSeries: false } },
      scales: { x: { range: [start, end] }, y: { range: [0, content.top > 0 ? content.top : 1] } },
      axes: [
        {
          show: content.axis === true,
          size: 22,
          gap: 4,
          font,
          stroke: () => colour('--muted'),
          grid: { show: false },
          ticks: { stroke: () => colour('--line'), width: 1, size: 4 },
          values: (_, splits) => splits.map(clock),
          space: 80,
        },
        {
          size: gutter,
          gap: 6,
          font,
          stroke: () => colour('--muted'),
          grid: { stroke: () => colour('--grid'), width: 1 },
          ticks: { show: false },
          values: (_, splits) => splits.map(content.format),
          space: content.steps === undefined ? 26 : 18,
          ...(content.steps === undefined ? {} : { incrs: [...content.steps] }),
        },
      ],
      series: [{}, ...content.series.map((series) => ({ spanGaps: false, ...series }))],
      hooks: {
        drawClear: [
          (drawn) => {
            drawn.ctx.save()
            content.below?.(drawn)
            drawn.ctx.restore()
          },
        ],
        setCursor: [({ cursor: { left = -1 }, posToVal }) => cursor.onCursor(left < 0 ? undefined : posToVal(left, 'x'))],
      },
    },
    content.data as unknown as uPlot.AlignedData,
    host,
  )
  return { plot, resize: (width) => plot.setSize({ width: Math.max(200, width), height: plot.height }) }
}

function column(plot: uPlot, from: number, to: number): void {
  const left = plot.valToPos(from, 'x', true)
  const { top, height } = plot.bbox
  plot.ctx.fillRect(left, top, plot.valToPos(to, 'x', true) - left, height)
}

/** The greatest of all that is known; 0 of nothing. */
function extent(...columns: readonly (readonly (number | null)[])[]): number {
  return columns.flat().reduce<number>((most, value) => (value !== null && value > most ? value : most), 0)
}
