/** Longer forms of what begins with a keyword, with places to fill in. Without them a keyword is completed all the same. */
import { type Expected, pageOfWord, printDuration } from '../../../src/language/index.ts'
import { type FormulaPlace, formulaAt } from './formula.ts'
import type { Request } from './request.ts'
import { type Suggestion, tiers } from './suggestion.ts'

interface Form {
  /** With `…` where something is to be filled in. */
  readonly label: string
  /** `‹…›` is a place to fill in and what it proposes, or its choices; `‹›` where the cursor goes in the end. */
  readonly form: string
  readonly detail?: string
}

/** By the rule of the grammar that the keyword is of, and the keyword. */
const forms: Readonly<Record<string, Readonly<Record<string, readonly Form[]>>>> = {
  file: {
    scale: [
      {
        label: 'scale … when …',
        form: 'scale ‹deployment/name› +‹1› when span(‹service/operation›).p99 > ‹400ms› ‹5› times in ‹60s›',
        detail: 'a rule: add replicas when spans are slow',
      },
      {
        label: 'scale … down when …',
        form: 'scale ‹deployment/name› -‹1› when span(‹service/operation›).p99 < ‹100ms› for ‹10m›',
        detail: 'a rule: give replicas back when spans are fast',
      },
      {
        label: 'scale … to hold …',
        form: 'scale ‹deployment/name› to hold span(‹service/operation›).rate over ‹1m› at ‹50/s› per replica',
        detail: 'a rule: keep a value where it should be',
      },
      {
        label: 'scale … during …',
        form: 'scale ‹deployment/name› to at least ‹3› when during ‹mon-fri› ‹08:00›-‹18:00› in "‹Europe/Paris›"',
        detail: 'a rule: a floor by the calendar',
      },
    ],
    freeze: [
      {
        label: 'freeze … when …',
        form: 'freeze ‹deployment/name› ‹down|up› when span(‹service/operation›).error_rate > ‹5%› for ‹1m›',
        detail: 'hold a workload while something is wrong',
      },
    ],
    target: [
      {
        label: 'target … { … }',
        form: 'target ‹deployment/name› {\n  between ‹1› and ‹10›\n  ‹›\n}',
        detail: 'limits and pace of a workload',
      },
    ],
    let: [{ label: 'let … = …', form: 'let ‹name› = ‹400ms›', detail: 'a constant' }],
    defaults: [{ label: 'defaults { … }', form: 'defaults { every ‹5s› }', detail: 'clauses for every rule and target of the file' }],
    import: [{ label: 'import "…"', form: 'import "‹other.scale›"', detail: 'constants, targets and defaults of another file' }],
    test: [
      {
        label: 'test "…" { … }',
        form: 'test "‹slow spans add replicas›" {\n  given ‹deployment/name› at ‹2›\n  load span(‹service/operation›) at ‹20/s› taking ‹600ms› from 0s to ‹2m›\n  expect ‹deployment/name› at ‹4› by ‹90s›\n}',
        detail: 'a test, in virtual time',
      },
    ],
  },
  clause: {
    at: [{ label: 'at least … spans', form: 'at least ‹20› spans' }],
    between: [{ label: 'between … and …', form: 'between ‹1› and ‹10›' }],
    up: [{ label: 'up at most … per …', form: 'up at most ‹+4› per ‹60s›' }],
    down: [{ label: 'down at most … per …', form: 'down at most ‹10%› per ‹60s›' }],
    stable: [{ label: 'stable … before …', form: 'stable ‹5m› before ‹down|up›' }],
    settle: [{ label: 'settle within …', form: 'settle within ‹2m›' }],
    cooldown: [{ label: 'cooldown …', form: 'cooldown ‹60s›' }],
    every: [{ label: 'every …', form: 'every ‹5s›' }],
    on: [
      { label: 'on missing hold', form: 'on missing hold' },
      { label: 'on missing floor … after …', form: 'on missing floor ‹3› after ‹5m›' },
    ],
  },
  statement: {
    given: [{ label: 'given … at …', form: 'given ‹deployment/name› at ‹2›' }],
    pause: [{ label: 'pause … to …', form: 'pause ‹30s› to ‹60s›' }],
    expect: [
      { label: 'expect … at … by …', form: 'expect ‹deployment/name› at ‹4› by ‹65s›' },
      { label: 'expect no action before …', form: 'expect no action before ‹50s›' },
    ],
  },
  loadStatement: {
    load: [
      {
        label: 'load span(…) at … taking … from … to …',
        form: 'load span(‹service/operation›) at ‹20/s› taking ‹600ms› from ‹0s› to ‹2m›',
      },
    ],
  },
  absence: {
    absent: [{ label: 'absent(span(…)) for …', form: 'absent(span(‹service›)) for ‹10m›' }],
  },
  calendar: {
    during: [{ label: 'during … in "…"', form: 'during ‹mon-fri› ‹08:00›-‹18:00› in "‹Europe/Paris›"' }],
  },
  change: {
    to: [
      { label: 'to at least …', form: 'to at least ‹3›' },
      { label: 'to at most …', form: 'to at most ‹10›' },
      { label: 'to hold … at …', form: 'to hold span(‹service/operation›).rate over ‹1m› at ‹50/s› per replica' },
    ],
  },
}

export function snippetsFor(request: Request, { use, label }: Expected, keyword: string): readonly Suggestion[] {
  if (use.rule === 'operand' && label === 'postfix') return countForms(request, formulaAt(request, use), keyword)
  // Within the rule the keyword is another one: `at` of `up at most`, `to` of `pause … to`.
  if (use.start < request.place.tokens.length && use.rule !== 'file') return []
  const known = forms[use.rule]?.[keyword] ?? []
  return known.map(({ label, form, detail }) => ({
    label,
    kind: 'snippet',
    tier: tierOf(request, use.rule),
    // Every target needs its bounds.
    weight: keyword === 'between' && request.place.declaration === 'target' ? 1 : 0,
    text: plainText(form),
    snippet: snippetText(form),
    filter: label,
    page: pageOfWord(keyword),
    ...(detail === undefined ? {} : { detail }),
  }))
}

/** What may begin here comes first where a line or a block does. */
function tierOf({ place }: Request, rule: string): Suggestion['tier'] {
  if (rule === 'file') return place.word.start > 0 && place.declaration !== undefined ? tiers.keyword : tiers.likely
  const begins = place.firstOnLine || place.tokens.at(-1)?.type === 'LeftBrace'
  if (begins && rule === 'clause') return tiers.fitting
  return begins || (rule !== 'clause' && rule !== 'statement' && rule !== 'loadStatement') ? tiers.likely : tiers.possible
}

/** The form with its places filled in as it proposes. */
function plainText(form: string): string {
  return form.replace(/‹([^|›]*)[^›]*›/g, '$1')
}

/** The form in the protocol's syntax. Places that say the same are filled in together. */
export function snippetText(form: string): string {
  const numbers = new Map<string, number>()
  return form.replace(/[\\$}]/g, '\\$&').replace(/‹([^›]*)›/g, (_, inner: string) => {
    if (inner === '') return '$0'
    const number = numbers.get(inner) ?? numbers.size + 1
    numbers.set(inner, number)
    const choices = inner.split('|')
    return choices.length > 1 ? `\${${number}|${choices.join(',')}|}` : `\${${number}:${inner}}`
  })
}

/** `for 1m` and `over 2m`, in whole steps. */
function countForms(request: Request, formula: FormulaPlace | undefined, keyword: string): readonly Suggestion[] {
  if (formula === undefined || (keyword !== 'for' && keyword !== 'over')) return []
  const tier = keyword === 'for' ? tiers.likely : tiers.possible
  const ns = (keyword === 'for' ? 12 : 24) * request.everyNs
  const text = `${keyword} ${printDuration(ns)}`
  return [{ label: text, kind: 'snippet', tier, snippet: snippetText(`${keyword} ‹${printDuration(ns)}›`), page: pageOfWord(keyword) }]
}
