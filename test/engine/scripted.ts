/** An evaluator that says what it is told: which rules have which truth at which step. */
import type { Bundle, RuleIR, TargetIR } from '../../src/bundle/index.ts'
import type { Evaluator, StepInput } from '../../src/evaluate/index.ts'
import type { Said } from '../plan/build.ts'
import { outcome } from '../plan/build.ts'

/** At seconds after zero, what each rule says; rules that are left out are not evaluated there. */
export type Script = Readonly<Record<number, Readonly<Record<string, Said>>>>

/** Nothing is counted elsewhere. */
export const countsAlone: Pick<Evaluator, 'next' | 'layout' | 'openSpans' | 'count' | 'bring' | 'reached'> = {
  next: undefined,
  layout: [],
  openSpans: 0,
  count: ({ start, at }) => ({ start, end: at, lastEnd: 0, cells: [] }),
  bring: () => {},
  reached: () => {},
}

export function scripted(script: Script, inputs: StepInput[] = []): Evaluator {
  const times = Object.keys(script)
    .map((t) => Number(t) * 1e9)
    .sort((a, b) => a - b)
  let next = 0
  return {
    ...countsAlone,
    ingest: (table) => ({ spans: table.length, matched: 0, duplicate: 0, late: 0, future: 0 }),
    due: () => times[next],
    step(input) {
      next++
      inputs.push(input)
      return Object.entries(script[input.at / 1e9] ?? {}).map(([name, said]) => outcome(name, said))
    },
    get watermark() {
      return times[next]
    },
  }
}

export function bundle(targets: readonly TargetIR[], rules: readonly RuleIR[]): Bundle {
  return { format: 1, language: 1, compiler: 'test', digest: 'sha256:0', sources: [], projection: [], targets, rules }
}
