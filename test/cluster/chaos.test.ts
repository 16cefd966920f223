/**
 * Two daemons in a storm, and what must hold all the same: never outside the bounds, never faster than the pace, nothing taken away on evidence that is unknown, no step applied
 * twice, and one writer. `SCALE_CHAOS_ROUNDS=200` is the whole storm, about a quarter of an hour; `SCALE_CHAOS_SEED` another one.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterBinary } from './binary.ts'
import { Cluster } from './cluster.ts'
import type { Violation } from './invariants.ts'
import { type Entry, printed, type Write } from './ledger.ts'
import { allowed, type Outcome, type Round, storm } from './storm.ts'

const { SCALE_CHAOS_ROUNDS = '12', SCALE_CHAOS_SEED = '7' } = process.env
const rounds = Number(SCALE_CHAOS_ROUNDS)
const firstSeed = Number(SCALE_CHAOS_SEED)
/** Then another workload with other daemons, and the next seed. */
const perStorm = 20

describe.skipIf('missing' in clusterBinary())('in a storm', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
  })
  afterAll(() => cluster.close())

  it(`of ${rounds} rounds nothing that must hold is broken, and afterwards it scales as before`, { timeout: 120_000 + rounds * 20_000, retry: 0 }, async () => {
    const outcomes: Outcome[] = []
    for (let done = 0; done < rounds; done += perStorm) {
      const seed = firstSeed + outcomes.length
      const outcome = await storm(cluster, `ads-${outcomes.length}`, seed, Math.min(perStorm, rounds - done), (line) => console.log(line))
      outcomes.push(outcome)
      console.log(`storm of seed ${seed}: ${outcome.violations.length} violations, afterwards: ${outcome.afterwards}`)
    }
    console.log(summary(outcomes))
    expect(outcomes.flatMap((outcome, i) => outcome.violations.map((violation) => report(violation, outcome, firstSeed + i)))).toEqual([])
    for (const [i, { afterwards, entries }] of outcomes.entries())
      expect(afterwards, `seed ${firstSeed + i}: more load leads to no more replicas\n${printed(entries.slice(-10))}`).not.toBe('nothing')
    // Storms in which nothing was done show nothing.
    expect(outcomes.flatMap(({ entries }) => entries).filter(isOurs).length).toBeGreaterThan(rounds / 5)
  })
})

const isOurs = (entry: Entry): entry is Write => entry.kind === 'write' && allowed.daemons.includes(entry.by)

function report({ invariant, write, why }: Violation, { rounds: all, entries, said }: Outcome, seed: number): string {
  const round = all.findLast(({ at }) => at <= write.at)
  const place = entries.indexOf(write)
  return `${invariant}: ${why}
seed ${seed}, round ${round?.number} (${roundOf(round)}); SCALE_CHAOS_SEED=${seed} SCALE_CHAOS_ROUNDS=${round?.number} repeats it
${printed(entries.slice(Math.max(0, place - 8), place + 3))}
${said
  .filter(({ at }) => at > write.at - allowed.pace.perMs && at < write.at + allowed.delayMs)
  .map(({ by, at, line }) => `${new Date(at).toISOString()} ${by}: ${line}`)
  .join('\n')}`
}

function roundOf(round: Round | undefined): string {
  return round === undefined ? 'before the first' : `${round.load === 'silent' ? 'silence' : `${round.load} ms`}, ${round.faults.join(' and ')}`
}

function summary(outcomes: readonly Outcome[]): string {
  const all = outcomes.flatMap(({ rounds: of }) => of)
  const entries = outcomes.flatMap((outcome) => outcome.entries)
  const byFault = new Map<string, number>()
  for (const { faults } of all) for (const fault of faults) byFault.set(fault, (byFault.get(fault) ?? 0) + 1)
  const ours = entries.filter(isOurs)
  const ups = ours.filter(({ from, to }) => from !== undefined && to > from).length
  const holders = entries.filter((entry) => entry.kind === 'tenure' && entry.holder !== undefined).length
  const left = (is: Outcome['afterwards']): number => outcomes.filter(({ afterwards }) => afterwards === is).length
  const seconds = Math.round((Date.now() - (all[0]?.at ?? 0)) / 1000)
  return [
    `seeds ${firstSeed} to ${firstSeed + outcomes.length - 1}, ${all.length} rounds in ${seconds} s: ${ups} scaled out, ${ours.length - ups} scaled in, ${holders} times the lease changed hands, ${outcomes.flatMap(({ violations }) => violations).length} violations; after ${outcomes.length} storms ${left('scales')} scaled out again and ${left('contended')} left alone what people undid three times, and said so`,
    ...[...byFault].sort((a, b) => b[1] - a[1]).map(([fault, count]) => `  ${String(count).padStart(4)} ${fault}`),
  ].join('\n')
}
