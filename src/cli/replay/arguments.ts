/** The command line's texts as values. Mistakes are messages for people. */
import type { TargetIR } from '../../bundle/index.ts'
import { nearest } from '../../language/index.ts'
import { list } from '../../plan/index.ts'

export type Parsed<T> = { readonly value: T } | { readonly problem: string }

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

/** `30s`, `1m30s`, `500ms` and 0, in nanoseconds. */
export function durationOf(option: string, text: string): Parsed<number> {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)]
  if (text === '0') return { value: 0 }
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text) return { problem: `${option} ${text}: a duration is written 500ms, 30s or 1m30s` }
  return { value: parts.reduce((total, [, n, unit]) => total + Number(n) * (units[unit as string] as number), 0) }
}

/**
 * `deployment/adservice=2`, by target id. A workload may be named without its namespace where that is clear. Targets that are not named
 * start at 1, or at their minimum; `defaults` is what the project says of them, which may also speak of workloads that no rule scales.
 */
export function replicasOf(
  targets: readonly TargetIR[],
  given: readonly string[],
  defaults: Readonly<Record<string, number>> = {},
): Parsed<ReadonlyMap<string, number>> {
  const counts = new Map(targets.map((t) => [t.id, Math.max(1, t.min)]))
  for (const [name, count] of Object.entries(defaults)) for (const target of named(name, targets)) counts.set(target.id, count)
  for (const text of given) {
    const [, name = '', count = ''] = /^(.*?)=(\d+)$/.exec(text) ?? []
    if (name === '') return { problem: `--replicas ${text}: write a workload and its number of replicas, such as deployment/adservice=2` }
    const meant = named(name, targets)
    const [target, ...others] = meant
    if (target === undefined) return { problem: unknownWorkload(name, targets) }
    if (others.length > 0)
      return {
        problem: `--replicas ${name} could be ${list(
          meant.map((t) => `"${t.id}"`),
          'or',
        )}`,
      }
    counts.set(target.id, Number(count))
  }
  return { value: counts }
}

/** By id, or by the id without its namespace. */
function named(name: string, targets: readonly TargetIR[]): readonly TargetIR[] {
  const exactly = targets.filter((t) => t.id === name)
  return exactly.length > 0 ? exactly : targets.filter((t) => t.id.replace(/ in .*$/, '') === name)
}

function unknownWorkload(name: string, targets: readonly TargetIR[]): string {
  const ids = targets.map((t) => t.id)
  const suggestion = nearest(name, ids)
  const help = suggestion === undefined ? `the rules scale ${list(ids)}` : `did you mean ${suggestion}?`
  return `--replicas ${name}: no rule scales it; ${help}`
}
