/** Signature help: what goes into a call, a clause or a statement that is being written, and which part comes now. */
import type { SignatureHelp, SignatureInformation } from 'vscode-languageserver-protocol'
import { type Place, type PlaceToken, pageOfWord, placeAt, type Use } from '../../src/language/index.ts'
import type { View } from '../contract.ts'
import { wordPage } from './pages.ts'

interface Part {
  /** As it stands in the form. */
  readonly text: string
  readonly means: string
  /** Types of the tokens behind which it comes; the first part comes behind what begins the form. */
  readonly behind: readonly string[]
}

interface Form {
  /** With every part once, in this order. */
  readonly label: string
  readonly parts: readonly Part[]
  /** Whose page tells more. */
  readonly word: string
}

const part = (text: string, means: string, ...behind: readonly string[]): Part => ({ text, means, behind })

const span: Form = {
  label: 'span(SERVICE/OPERATION where TEST under ANCESTOR)',
  word: 'span',
  parts: [
    part('SERVICE', 'the service.name; * stands for any characters'),
    part('OPERATION', 'the name of its spans: exactly, as Service/Method, or the method alone', 'Slash'),
    part('TEST', 'fields or attributes, joined by and, or, not: http.response.status_code >= 500', 'where'),
    part('ANCESTOR', 'a span above it in its trace; child of instead of under asks for the nearest', 'under', 'of'),
  ],
}

/** By the rule of the grammar and the first token of its use; `*` where that is any. */
const forms: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  selector: { '*': span },
  path: {
    quantile: { label: 'quantile(SHARE)', word: 'quantile', parts: [part('SHARE', 'of the spans that do not exceed it, above 0% and below 100%: 99.5%')] },
    apdex: {
      label: 'apdex(THRESHOLD)',
      word: 'apdex',
      parts: [part('THRESHOLD', 'spans up to it satisfy, those up to four times as long are tolerated: 400ms')],
    },
  },
  functionCall: {
    metric: {
      label: 'metric(QUERY, unit UNIT)',
      word: 'metric',
      parts: [
        part('QUERY', 'PromQL in quotes, which gives one number'),
        part('UNIT', 'one unit of what it counts, such as 1ms; without it a Number', 'Comma', 'unit'),
      ],
    },
    replicas: { label: 'replicas(WORKLOAD)', word: 'replicas', parts: [part('WORKLOAD', 'whose desired replicas are meant: deployment/ads in shop')] },
    ready: { label: 'ready(WORKLOAD)', word: 'ready', parts: [part('WORKLOAD', 'whose ready replicas are meant: deployment/ads in shop')] },
    forecast: {
      label: 'forecast(VALUE, in AHEAD)',
      word: 'forecast',
      parts: [part('VALUE', 'what is measured'), part('AHEAD', 'how far ahead, as a duration: 5m', 'Comma', 'in')],
    },
    min: { label: 'min(VALUE, MORE)', word: 'min', parts: [part('VALUE', 'one value'), part('MORE', 'others of the same type', 'Comma')] },
    max: { label: 'max(VALUE, MORE)', word: 'max', parts: [part('VALUE', 'one value'), part('MORE', 'others of the same type', 'Comma')] },
  },
  absence: {
    absent: {
      label: 'absent(span(SELECTOR)) for PERIOD',
      word: 'absent',
      parts: [part('SELECTOR', 'the spans that do not come'), part('PERIOD', 'how long none came, in whole steps', 'for')],
    },
  },
  calendar: {
    during: {
      label: 'during DAYS FROM-TO in ZONE',
      word: 'during',
      parts: [
        part('DAYS', 'mon-fri, or several with commas; without them every day'),
        part('FROM', 'the time of day at which it begins', 'Name'),
        part('TO', 'the time of day at which it ends; past midnight if that is earlier', 'TimeOfDay'),
        part('ZONE', 'a time zone in quotes: "Europe/Paris"; without one UTC', 'in'),
      ],
    },
  },
  clause: {
    between: { label: 'between MIN and MAX', word: 'between', parts: [part('MIN', 'the fewest replicas'), part('MAX', 'the most replicas', 'and')] },
    up: {
      label: 'up at most AMOUNT per PERIOD',
      word: 'up',
      parts: [
        part('AMOUNT', 'replicas that are added at most, or their share: +4 or 50%'),
        part('PERIOD', 'in which all ups together are counted: 60s', 'per'),
      ],
    },
    down: {
      label: 'down at most AMOUNT per PERIOD',
      word: 'down',
      parts: [
        part('AMOUNT', 'replicas that are taken away at most, or their share: 1 or 10%'),
        part('PERIOD', 'in which all downs together are counted: 60s', 'per'),
      ],
    },
    stable: {
      label: 'stable PERIOD before DIRECTION',
      word: 'stable',
      parts: [part('PERIOD', 'how long a decision must stay the same: 5m'), part('DIRECTION', 'up or down', 'before')],
    },
    on: {
      label: 'on missing floor REPLICAS after PERIOD',
      word: 'missing',
      parts: [
        part('REPLICAS', 'to have at least while telemetry is missing; on missing hold keeps what there is'),
        part('PERIOD', 'how long it must be missing: 5m', 'after'),
      ],
    },
    at: { label: 'at least COUNT spans', word: 'spans', parts: [part('COUNT', 'of fewer spans an aggregate is unknown')] },
  },
  loadStatement: {
    load: {
      label: 'load span(SELECTOR) at RATE taking DURATION ± JITTER failing SHARE under span(CALLER) from START to END',
      word: 'load',
      parts: [
        part('SELECTOR', 'exactly this service and operation'),
        part('RATE', 'spans that start in a second or a minute: 20/s', 'at'),
        part('DURATION', 'how long each takes: 150ms', 'taking'),
        part('JITTER', 'spreads the durations evenly: 10%', 'PlusMinus'),
        part('SHARE', 'of them that have status ERROR: 5%', 'failing'),
        part('CALLER', 'a span that calls each of them', 'under'),
        part('START', 'from the start of the test: 0s', 'from'),
        part('END', 'from the start of the test: 2m', 'to'),
      ],
    },
  },
  expectSubject: {
    '*': {
      label: 'expect WORKLOAD at REPLICAS by TIME',
      word: 'expect',
      parts: [
        part('WORKLOAD', 'or the name of a rule, which fires or is unknown'),
        part('REPLICAS', 'that it has then', 'at'),
        part('TIME', 'from the start of the test: 65s', 'by'),
      ],
    },
  },
}

/** The postfix `N times in D` is no rule of its own. */
const times: Form = {
  label: 'COUNT times in WINDOW',
  word: 'times',
  parts: [part('COUNT', 'true steps, or spans, at least'), part('WINDOW', 'in the last so long, in whole steps: 60s', 'times', 'in')],
}

export function signatureHelp({ document, page }: View, offset: number): SignatureHelp | null {
  const place = placeAt(document.text, offset)
  if (place.within === 'comment') return null
  const found = formAt(place)
  if (found === undefined) return null
  const { form, tokens } = found
  return { signatures: [signatureOf(form, page)], activeSignature: 0, activeParameter: activePart(form, tokens) }
}

interface Found {
  readonly form: Form
  /** Of the form so far. */
  readonly tokens: readonly PlaceToken[]
  readonly start: number
}

/** The innermost form that has begun and is not complete. */
function formAt(place: Place): Found | undefined {
  let best: Found | undefined
  for (const { use } of place.expected)
    for (let outer: Use | undefined = use; outer !== undefined; outer = outer.within) {
      const found = formOf(place, outer)
      if (found !== undefined && (best === undefined || found.start > best.start)) best = found
    }
  return best
}

function formOf({ tokens }: Place, use: Use): Found | undefined {
  const own = tokens.slice(use.start)
  // A selector begins behind its parenthesis; whatever else begins with a word.
  if (use.rule === 'selector') return use.within?.rule === 'selector' ? undefined : { form: span, tokens: own, start: use.start }
  const [first] = own
  if (first === undefined) return undefined
  if (use.rule === 'path') return calledForm(own, own[1]?.text.split('.').at(-1), use)
  if (use.rule === 'operand') return timesForm(own, use)
  const known = forms[use.rule]
  const form = known?.[first.type] ?? known?.['*']
  if (form === undefined) return undefined
  // Calls are explained from their parenthesis on.
  const isCall = use.rule === 'functionCall' || use.rule === 'absence'
  return isCall && own.length < 2 ? undefined : { form, tokens: own.slice(1), start: use.start }
}

function calledForm(tokens: readonly PlaceToken[], name: string | undefined, { start }: Use): Found | undefined {
  const form = name === undefined || tokens[2]?.type !== 'LeftParen' ? undefined : forms.path?.[name]
  return form === undefined ? undefined : { form, tokens: tokens.slice(3), start }
}

function timesForm(tokens: readonly PlaceToken[], { start }: Use): Found | undefined {
  const at = tokens.findLastIndex(({ type }) => type === 'times')
  const isOpen = at >= 0 && tokens.slice(at + 1).every(({ type }) => type === 'in')
  return isOpen ? { form: times, tokens: tokens.slice(at), start: start + at } : undefined
}

/** The last part behind whose token the place is, outside of inner parentheses. */
function activePart({ parts }: Form, tokens: readonly PlaceToken[]): number {
  let depth = 0
  let active = 0
  const least = tokens[0]?.type === 'LeftParen' ? 1 : 0
  for (const { type } of tokens) {
    if (type === 'LeftParen') depth++
    else if (type === 'RightParen') depth--
    else if (depth <= least) {
      const next = parts.findIndex(({ behind }, i) => i >= active && behind.includes(type))
      if (next > active) active = next
    }
  }
  return active
}

function signatureOf({ label, parts, word }: Form, page: View['page']): SignatureInformation {
  let from = 0
  const parameters = parts.map(({ text, means }) => {
    const start = label.indexOf(text, from)
    from = start + text.length
    return { label: [start, from] as [number, number], documentation: means }
  })
  const path = pageOfWord(word)
  const told = path === undefined ? undefined : page(path)
  return { label, parameters, ...(told === undefined ? {} : { documentation: { kind: 'markdown', value: firstParagraph(wordPage(told)) } }) }
}

/** Behind the heading. */
function firstParagraph(text: string): string {
  return text.split(/\n\n+/)[1] ?? ''
}

/** Characters behind which a client asks for it. */
export const signatureTriggers: readonly string[] = ['(', ',', ' ', '/']
