/** A picture as elements: a card for each target, with its replicas, its decisions, and a lane for each of its rules. */
import type { DecisionPicture, Picture, RulePicture, SeriesPicture, TargetPicture } from '../contract.ts'
import { bandWords, truthBand } from './band.ts'
import { type Chart, replicasChart, type TimeSpan, valueChart } from './charts.ts'
import { stepAt } from './columns.ts'
import { byId, element } from './dom.ts'
import { clock, counted, length, quantity } from './format.ts'

export interface ViewEvents {
  readonly onDecision: (decision: DecisionPicture, target: TargetPicture) => void
  readonly onRule: (rule: RulePicture) => void
  /** How many replicas the target is to start with. */
  readonly onStart: (target: string, replicas: number) => void
}

export interface PictureView {
  draw(picture: Picture, before: Picture | undefined): void
  /** Something else will be looked at: what is drawn next may have its own order. */
  forget(): void
  /** The rules have changed and are wrong: what is shown is of those before. */
  setStale(stale: boolean): void
  /** Marks the decision that is explained, if it is there. */
  select(decision: DecisionPicture | undefined): void
  /** Colours have changed. */
  repaint(): void
  /** In the order of time, as they are shown. */
  readonly decisions: readonly { readonly decision: DecisionPicture; readonly target: TargetPicture }[]
}

/** Cards open by themselves are so many at most: a project may have hundreds of targets. */
const mostOpen = 8
/** Of decisions, one below the other; more would be a picture of its own. */
const mostRows = 4

export function createView(events: ViewEvents): PictureView {
  const host = byId('picture')
  let charts: Chart[] = []
  let readers: ((at: number | undefined) => void)[] = []
  let decisions: PictureView['decisions'] = []
  let drawing = 0
  /** What somebody opened or closed stays so, by target. */
  const opened = new Map<string, boolean>()
  /** Targets as they were shown last: a card does not change its place while somebody looks at it. */
  let order: readonly string[] = []
  let rows: (() => void)[] = []
  let selected: DecisionPicture | undefined

  const mark = (): void => {
    for (const marker of host.querySelectorAll<HTMLElement>('.decision')) marker.setAttribute('aria-expanded', String(marker.dataset.decision === selected?.id))
    // The cursor of all charts stands at its step.
    const [first] = charts
    if (first !== undefined)
      first.plot.setCursor({ left: selected === undefined ? -10 : first.plot.valToPos(selected.at, 'x'), top: selected === undefined ? -10 : 1 })
  }

  const onCursor = (at: number | undefined): void => {
    for (const read of readers) read(at)
  }
  new ResizeObserver(() => {
    for (const chart of charts) chart.resize((chart.plot.root.parentElement as HTMLElement).clientWidth)
    for (const place of rows) place()
  }).observe(host)

  function card(target: TargetPicture, before: TargetPicture | undefined, span: TimeSpan, open: boolean): HTMLElement {
    const cursor = { onCursor, key: `picture-${drawing}` }
    const body = element('div', { class: 'card-body' })
    const details = element('details', { class: 'card', 'data-target': target.id, open }, cardHead(target), body)
    const fill = (): void => {
      if (body.childElementCount > 0) return
      const replicas = element('div', { class: 'chart', role: 'img', 'aria-label': replicasWords(target) })
      const lane = decisionLane(target, span, events)
      body.append(lane, caption(target), replicas)
      placeInRows(lane)
      rows.push(() => placeInRows(lane))
      charts.push(replicasChart(replicas, target, before, span, cursor))
      readers.push(replicasReader(target, body.querySelector('.reading') as HTMLElement))
      for (const rule of target.rules) body.append(ruleLane(rule, span, cursor))
    }
    details.addEventListener('toggle', () => {
      if (details.open) fill()
      if (details.isConnected) opened.set(target.id, details.open)
    })
    // Charts measure their place, so it must be there.
    if (open) queueMicrotask(fill)
    return details
  }

  function ruleLane(rule: RulePicture, span: TimeSpan, cursor: { readonly onCursor: typeof onCursor; readonly key: string }): HTMLElement {
    const name = element(
      'button',
      { type: 'button', class: 'rule-name', 'data-key': `rule ${rule.name}`, title: `Show ${rule.name} in the editor`, click: () => events.onRule(rule) },
      rule.name,
    )
    const share = element('span', { class: 'reading share' }, bandWords(rule.truth, rule.fired))
    const made = element(
      'section',
      { class: 'lane', 'aria-label': rule.name, 'data-rule': rule.name },
      element(
        'h3',
        {},
        name,
        element('code', { class: 'chip' }, rule.action),
        rule.observe ? element('span', { class: 'chip quiet' }, 'observe') : undefined,
        share,
      ),
      rule.doc === undefined ? undefined : element('p', { class: 'doc' }, rule.doc),
      rule.series.length === 0 && rule.condition !== '' ? element('p', { class: 'series-head' }, element('code', {}, rule.condition)) : undefined,
    )
    for (const series of rule.series) {
      const reading = element('span', { class: 'reading' })
      const chartHost = element('div', { class: 'chart', role: 'img', 'aria-label': seriesWords(series) })
      made.append(element('p', { class: 'series-head' }, legend(series), reading), chartHost)
      readers.push(seriesReader(rule, series, reading))
      queueMicrotask(() => charts.push(valueChart(chartHost, rule, series, span, cursor)))
    }
    made.append(truthBand(rule, span))
    return made
  }

  return {
    get decisions() {
      return decisions
    },
    draw(picture, before) {
      drawing++
      const focused = host.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.key : undefined
      for (const { plot } of charts) plot.destroy()
      charts = []
      readers = []
      rows = []
      const span = spanOf(picture)
      const targets = inOrder(picture.targets, order)
      order = targets.map(({ id }) => id)
      decisions = picture.targets.flatMap((target) => target.decisions.map((decision) => ({ decision, target }))).sort((a, b) => a.decision.at - b.decision.at)
      const scrolled = byId('scroll').scrollTop
      host.replaceChildren(
        ...targets.map((target, i) =>
          card(
            target,
            before?.targets.find(({ id }) => id === target.id),
            span,
            opened.get(target.id) ?? (i < mostOpen && (isBusy(target) || i === 0)),
          ),
        ),
      )
      byId('summary').replaceChildren(...summary(picture))
      queueMicrotask(() => {
        byId('scroll').scrollTop = scrolled
        if (focused !== undefined) (host.querySelector(`[data-key="${CSS.escape(focused)}"]`) as HTMLElement | null)?.focus()
        onCursor(undefined)
        if (selected !== undefined) mark()
      })
    },
    forget() {
      order = []
    },
    setStale(stale) {
      host.classList.toggle('stale', stale)
      host.setAttribute('aria-busy', String(stale))
    },
    select(decision) {
      selected = decision
      mark()
    },
    repaint() {
      for (const { plot } of charts) plot.redraw(false)
    },
  }

  /** Starting replicas belong to the target, in its card's head. */
  function cardHead(target: TargetPicture): HTMLElement {
    const start = element('input', {
      type: 'number',
      min: 0,
      max: 100_000,
      value: target.initial,
      'data-key': `start ${target.id}`,
      'aria-label': `Replicas that ${target.id} starts with`,
      change: (event) => {
        const { valueAsNumber } = event.target as HTMLInputElement
        if (Number.isSafeInteger(valueAsNumber) && valueAsNumber >= 0) events.onStart(target.id, valueAsNumber)
      },
      // Inside a summary these would open or close the card.
      click: (event) => event.preventDefault(),
      keyup: (event) => event.stopPropagation(),
    })
    const last = target.desired.at(-1)
    const mini = element('span', { class: 'mini', 'aria-hidden': 'true' }, ...target.rules.slice(0, 4).map((rule) => truthBand(rule, spanOfTarget(target))))
    return element(
      'summary',
      { 'data-key': `card ${target.id}` },
      element('h2', {}, target.id),
      element('span', { class: 'from-to', title: 'replicas at the start and at the end' }, start, element('span', {}, `→ ${last ?? '?'}`)),
      element('span', { class: 'muted bounds' }, `between ${target.min} and ${target.max}`),
      mini,
      element('span', { class: 'muted' }, actionWords(target)),
    )
  }
}

function spanOf({ targets }: Picture): TimeSpan {
  const rules = targets.flatMap(({ rules }) => rules)
  // The first step of each rule begins a step before its end.
  const starts = rules.flatMap(({ at: [first, second] }) => (first === undefined ? [] : [first - (second === undefined ? 5 : second - first)]))
  const ends = targets.flatMap(({ at }) => at.slice(-1))
  return { start: Math.min(...starts), end: Math.max(...ends) }
}

function spanOfTarget(target: TargetPicture): TimeSpan {
  return spanOf({ targets: [target] } as unknown as Picture)
}

function isBusy({ decisions, rules }: TargetPicture): boolean {
  return decisions.length > 0 || rules.some(({ truth }) => truth.includes('true'))
}

/** In the order that is known; of the others first those to which something happened. */
function inOrder(targets: readonly TargetPicture[], known: readonly string[]): readonly TargetPicture[] {
  const byId = new Map(targets.map((target) => [target.id, target]))
  const others = targets.filter(({ id }) => !known.includes(id))
  return [...known.flatMap((id) => byId.get(id) ?? []), ...others.filter(isBusy), ...others.filter((target) => !isBusy(target))]
}

function actionWords({ decisions }: TargetPicture): string {
  const of = (outcome: string): number => decisions.filter((decision) => decision.outcome === outcome).length
  const actions = of('scale')
  const holds = of('hold')
  if (actions + holds === 0) return 'nothing happened'
  return [...(actions === 0 ? [] : [counted(actions, 'action')]), ...(holds === 0 ? [] : [counted(holds, 'hold')])].join(', ')
}

function summary({ start, end, spans, matched, steps, targets, warnings }: Picture): readonly HTMLElement[] {
  const scaled = targets.flatMap(({ decisions }) => decisions).filter(({ outcome }) => outcome === 'scale').length
  const facts = [
    `${new Date(start * 1000).toISOString().slice(0, 10)} ${clock(start)} to ${clock(end)} UTC, ${length(end - start)}`,
    `${counted(spans, 'span')}, ${matched.toLocaleString('en')} counted by a rule`,
    `${counted(steps, 'step')}, ${scaled === 0 ? 'no action' : counted(scaled, 'action')}`,
  ]
  const key = (shape: string, words: string): HTMLElement => element('span', { class: 'key' }, element('i', { class: `swatch ${shape}` }), words)
  return [
    element('p', { class: 'facts' }, ...facts.map((fact) => element('span', {}, fact))),
    element(
      'p',
      { class: 'legend', 'aria-label': 'Legend' },
      key('true', 'true'),
      key('false', 'false'),
      key('unknown', 'unknown'),
      key('fired', 'asked'),
      key('value', 'value'),
      key('threshold', 'threshold'),
      key('replicas', 'replicas'),
      key('ready', 'ready'),
      key('ghost', 'before the edits'),
    ),
    ...warnings.map((warning) => element('p', { class: 'warning' }, warning)),
  ]
}

/** The target's decisions as buttons in the order of time. */
function decisionLane(target: TargetPicture, span: TimeSpan, { onDecision }: ViewEvents): HTMLElement {
  const percent = (time: number): number => (100 * (time - span.start)) / Math.max(1e-9, span.end - span.start)
  const markers = target.decisions.map((decision) =>
    element(
      'button',
      {
        type: 'button',
        class: `decision ${kindOf(decision)}`,
        style: `left:${percent(decision.at)}%`,
        'data-decision': decision.id,
        'data-key': `decision ${target.id} ${decision.at}`,
        'aria-expanded': 'false',
        'aria-controls': 'explanation',
        title: `${clock(decision.at)} ${decisionWords(decision)}: ${decision.message}`,
        'aria-label': `${clock(decision.at)}, ${decisionWords(decision)}: ${decision.message}`,
        click: () => onDecision(decision, target),
      },
      markerText(decision),
    ),
  )
  return element('div', { class: 'decisions', role: 'group', 'aria-label': `Decisions on ${target.id}` }, ...markers)
}

/** Decisions that would lie on each other go below each other, actions above what was held; their height is in lanes.css. */
function placeInRows(lane: HTMLElement): void {
  const markers = [...lane.querySelectorAll<HTMLElement>('.decision')]
  const boxes = markers.map((marker) => {
    const left = marker.offsetLeft - marker.offsetWidth / 2
    return { marker, left, right: left + marker.offsetWidth + 2, isAction: marker.matches('.up, .down') }
  })
  const taken: { readonly left: number; readonly right: number }[][] = []
  for (const box of [...boxes.filter(({ isAction }) => isAction), ...boxes.filter(({ isAction }) => !isAction)]) {
    const free = taken.findIndex((row) => row.every(({ left, right }) => right <= box.left || box.right <= left))
    const row = free !== -1 ? free : Math.min(taken.length, mostRows - 1)
    taken[row] = [...(taken[row] ?? []), box]
    box.marker.style.setProperty('--row', String(row))
  }
  lane.style.setProperty('--rows', String(Math.max(1, taken.length)))
}

export function kindOf({ outcome, from = 0, to = 0 }: DecisionPicture): 'up' | 'down' | 'hold' | 'steady' {
  return outcome === 'scale' ? (to >= from ? 'up' : 'down') : outcome
}

/** `4 → 8`, `held at 12` */
export function decisionWords({ outcome, from, to }: DecisionPicture): string {
  return outcome === 'scale' ? `${from} → ${to}` : `${outcome === 'hold' ? 'held' : 'steady'} at ${from ?? '?'}`
}

function markerText(decision: DecisionPicture): string {
  const { from = 0, to = 0 } = decision
  switch (kindOf(decision)) {
    case 'up':
      return `▲ +${to - from}`
    case 'down':
      return `▼ −${from - to}`
    case 'hold':
      return '❚❚'
    case 'steady':
      return '·'
  }
}

function caption({ id }: TargetPicture): HTMLElement {
  return element(
    'p',
    { class: 'series-head' },
    element('span', { class: 'muted' }, 'replicas'),
    element('span', { class: 'reading', 'aria-label': `replicas of ${id}` }),
  )
}

function legend({ text, against, operator }: SeriesPicture): HTMLElement {
  return element('code', {}, element('span', { class: 'of-value' }, text), ` ${operator} `, element('span', { class: 'of-threshold' }, against))
}

/** For those who do not see the steps. */
function replicasWords({ id, initial, desired, ready }: TargetPicture): string {
  const most = [initial, ...desired].reduce((a, b) => Math.max(a, b))
  return `replicas of ${id}: ${initial} at the start, at most ${most}, ${desired.at(-1) ?? initial} wanted and ${ready.at(-1) ?? initial} ready at the end`
}

/** For those who do not see the lines. */
function seriesWords({ text, against, type, values }: SeriesPicture): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return `${text}, always unknown`
  const least = known.reduce((a, b) => Math.min(a, b))
  const most = known.reduce((a, b) => Math.max(a, b))
  const gaps = values.length - known.length
  return `${text} from ${quantity(least, type)} to ${quantity(most, type)}, against ${against}${gaps === 0 ? '' : `; unknown at ${counted(gaps, 'step')}`}`
}

/** What is under the cursor; without one the greatest that was seen. */
function seriesReader({ at }: RulePicture, { values, thresholds, unknown, type }: SeriesPicture, into: HTMLElement): (time: number | undefined) => void {
  const known = values.filter((value) => value !== null)
  const most = known.length === 0 ? undefined : known.reduce((a, b) => Math.max(a, b))
  return (time) => {
    if (time === undefined) {
      into.textContent = most === undefined ? 'always unknown' : `at most ${quantity(most, type)}`
      return
    }
    const step = stepAt(at, time)
    const value = values[step]
    const threshold = thresholds[step]
    const now = value == null ? `unknown${unknown[step] == null ? '' : ` (${unknown[step]})`}` : quantity(value, type)
    into.textContent = `${clock(at[step] ?? time)}  ${now}${threshold == null ? '' : ` against ${quantity(threshold, type)}`}`
  }
}

function replicasReader({ at, desired, ready }: TargetPicture, into: HTMLElement): (time: number | undefined) => void {
  return (time) => {
    // What was decided at a step's end holds behind it.
    const step =
      time === undefined
        ? at.length - 1
        : Math.max(
            0,
            at.findLastIndex((end) => end <= time),
          )
    into.textContent = time === undefined ? '' : `${clock(time)}  ${desired[step]} wanted, ${ready[step]} ready`
  }
}
