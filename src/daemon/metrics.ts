/** What `/metrics` exposes, named as Prometheus asks: https://prometheus.io/docs/practices/naming/. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { TracesReport, Truth } from '../evaluate/index.ts'
import type { SamplerReport } from '../sampler/index.ts'
import type { Nanos } from '../spans/index.ts'
import type { ModelerReport } from './split/modeler.ts'

export type Metrics = ReturnType<typeof createMetrics>

const truths: readonly Truth[] = ['true', 'false', 'unknown']

type TracesMetric = readonly [name: string, help: string, field: keyof TracesReport]

const tracesGauges: readonly TracesMetric[] = [
  ['scale_traces_open', 'Traces that are not decided yet.', 'openTraces'],
  ['scale_traces_open_spans', 'Spans of traces that are not decided yet.', 'openSpans'],
]
const tracesCounters: readonly TracesMetric[] = [
  ['scale_traces_decided_total', 'Traces decided.', 'decidedTraces'],
  ['scale_traces_aged_total', 'Traces decided at engine.traces.max_age, before they were complete.', 'aged'],
  ['scale_traces_evicted_total', 'Traces decided early because engine.traces.max_spans were open.', 'evicted'],
  ['scale_traces_oversized_total', 'Traces cut into parts because they had too many spans.', 'oversized'],
  ['scale_traces_later_parts_total', 'Parts of traces that were decided after the first.', 'laterParts'],
  ['scale_traces_several_roots_total', 'Traces with more than one root.', 'severalRoots'],
  ['scale_traces_cycles_total', 'Parent chains that bit their tail, and were cut.', 'cycles'],
  ['scale_traces_matched_spans_total', 'Spans of decided traces that counted towards some rule.', 'matched'],
  ['scale_traces_late_spans_total', 'Spans that came after their trace was decided.', 'late'],
  ['scale_traces_duplicate_spans_total', 'Spans that their trace had before.', 'duplicate'],
  ['scale_traces_orphan_spans_total', 'Spans whose parent never came.', 'orphans'],
  ['scale_traces_skewed_spans_total', 'Spans of a host whose clock is off, and were shifted.', 'skewed'],
  ['scale_traces_dropped_spans_total', 'Spans left out because engine.traces.max_spans were open and as many wait.', 'dropped'],
]

const samplerLanes = ['floor', 'structure', 'latency', 'novelty'] as const
const evictedThings = ['clusters', 'shapes', 'paths', 'faded'] as const

export function createMetrics(version: string) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  // Gauges with names of counters, which promtool objects to; the same numbers are there by kind.
  for (const name of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${name}_total`)
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => new Counter({ name, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => new Gauge({ name, help, labelNames, registers })

  gauge('scale_build_info', 'Always 1; the version is in the labels.', ['version', 'node']).set({ version, node: process.versions.node }, 1)
  const ruleState = gauge('scale_rule_state', 'Truth of the rule at its last step: 1 for the state it is in, 0 for the others.', ['rule', 'target', 'state'])
  return {
    registry,
    requests: counter('scale_receiver_requests_total', 'Export requests answered, by the code of the transport.', ['transport', 'code']),
    receivedBytes: counter('scale_receiver_bytes_total', 'Bytes of export requests after decompression.', ['transport']),
    inFlightBytes: gauge('scale_receiver_in_flight_bytes', 'Memory of requests that are being received.'),
    received: counter('scale_spans_received_total', 'Spans decoded.', ['transport']),
    matched: counter('scale_spans_matched_total', 'Spans that counted towards some rule.'),
    duplicate: counter('scale_spans_duplicate_total', 'Spans that were received before, with the same trace and span id.'),
    late: counter('scale_spans_late_total', 'Spans that ended in a step that was already evaluated.'),
    future: counter('scale_spans_future_total', 'Spans refused because they end too far ahead of the clock.'),
    rejected: counter('scale_spans_rejected_total', 'Spans refused, told to the exporter as partial success.'),
    steps: counter('scale_steps_total', 'Steps evaluated.'),
    stepLag: gauge('scale_step_lag_seconds', 'From the end of the last step to its evaluation; the lateness is part of it.'),
    stepDuration: new Histogram({
      name: 'scale_step_duration_seconds',
      help: 'Time to evaluate and plan one step.',
      buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
      registers,
    }),
    decisions: counter('scale_decisions_total', 'Decisions, one a target a step.', ['target', 'outcome', 'reason']),
    replicas: gauge('scale_target_replicas', 'Replicas as the orchestrator last said.', ['target', 'state']),
    orchestratorErrors: counter('scale_orchestrator_errors_total', 'Calls to orchestrators that failed.', ['target', 'call', 'error']),
    bundle: gauge('scale_bundle_info', 'Always 1; the loaded bundle is in the labels.', ['digest']),
    reloads: counter('scale_bundle_reloads_total', 'Attempts to load a bundle.', ['result']),
    reloadOk: gauge('scale_bundle_last_reload_successful', 'Whether the last attempt to load a bundle succeeded.'),
    reloadTime: gauge('scale_bundle_last_reload_success_timestamp_seconds', 'When a bundle was last loaded.'),
    stateErrors: counter('scale_state_write_errors_total', 'Failed writes of the state file.'),

    setRule(rule: string, target: string, truth: Truth): void {
      for (const state of truths) ruleState.set({ rule, target, state }, state === truth ? 1 : 0)
    },
    /** Rules that a reload took away must not linger. */
    forgetRules(): void {
      ruleState.reset()
    },
    /** Nothing is exposed while no rule needs traces. After a reload that begins anew the counters do, too. */
    observeTraces(read: () => TracesReport | undefined): void {
      for (const [name, help, field] of tracesGauges)
        new Gauge({
          name,
          help,
          registers,
          collect() {
            const report = read()
            if (report === undefined) this.remove()
            else this.set(report[field])
          },
        })
      for (const [name, help, field] of tracesCounters)
        new Counter({
          name,
          help,
          registers,
          collect() {
            const report = read()
            this.reset()
            if (report === undefined) this.remove()
            else this.inc(report[field])
          },
        })
    },
    /** Nothing is exposed while no sampler has decided anything. */
    observeSampler(read: () => SamplerReport | undefined): void {
      const shown = <L extends string>(
        kind: typeof Gauge | typeof Counter,
        name: string,
        help: string,
        labelNames: readonly L[],
        values: (report: SamplerReport) => readonly (readonly [Partial<Record<L, string>>, number | undefined])[],
      ): void => {
        const set = (this_: Gauge<L> | Counter<L>): void => {
          const report = read()
          this_.reset()
          if (report === undefined) this_.remove({} as Partial<Record<L, string>>)
          else for (const [labels, value] of values(report)) if (value !== undefined) this_.inc(labels, value)
        }
        if (kind === Gauge)
          new Gauge({
            name,
            help,
            labelNames,
            registers,
            collect() {
              set(this)
            },
          })
        else
          new Counter({
            name,
            help,
            labelNames,
            registers,
            collect() {
              set(this)
            },
          })
      }
      shown(Counter, 'scale_sampler_traces_decided_total', 'Traces that the sampler decided.', [], (r) => [[{}, r.decided]])
      shown(Counter, 'scale_sampler_traces_trained_total', 'Traces that the sampler learnt from without deciding them.', [], (r) => [[{}, r.trained]])
      shown(Counter, 'scale_sampler_traces_kept_total', 'Traces that were kept, by what kept them.', ['lane'], (r) => [
        ...samplerLanes.map((lane) => [{ lane }, r.lanes[lane].kept] as const),
        [{ lane: 'all' }, r.kept - samplerLanes.reduce((sum, lane) => sum + r.lanes[lane].kept, 0)] as const,
      ])
      shown(Counter, 'scale_sampler_traces_anomalous_total', 'Traces that were kept for their oddness alone.', [], (r) => [[{}, r.anomalous]])
      shown(Gauge, 'scale_sampler_warm', '1 when the sampler has learnt enough, 0 while it keeps uniformly.', [], (r) => [[{}, r.state === 'warm' ? 1 : 0]])
      shown(Gauge, 'scale_sampler_target_ratio', 'Share of the traces that may be kept.', [], (r) => [[{}, r.target]])
      shown(Gauge, 'scale_sampler_realised_ratio', 'Share of the traces that was kept.', [], (r) => [[{}, r.realised]])
      shown(Gauge, 'scale_sampler_gain_ratio', 'What all probabilities are multiplied by to hold the budget.', [], (r) => [[{}, r.gain]])
      shown(Gauge, 'scale_sampler_remembered', 'What the sampler remembers.', ['what'], (r) => [
        [{ what: 'clusters' }, r.clusters],
        [{ what: 'shapes' }, r.shapes],
        [{ what: 'paths' }, r.paths],
      ])
      shown(Counter, 'scale_sampler_evicted_total', 'What the sampler forgot to make room, and clusters that faded.', ['what'], (r) =>
        evictedThings.map((what) => [{ what }, r.evicted[what]]),
      )
    },
    /** Of a sampler: who counts here, and what waits for them. */
    observeSessions(read: () => { readonly sessions: number; readonly openSpans: number; readonly givenUp: number; readonly lost: number }): void {
      const exposed = (name: string, help: string, value: (report: ReturnType<typeof read>) => number): Gauge | Counter =>
        new (name.endsWith('_total') ? Counter : Gauge)({
          name,
          help,
          registers,
          collect() {
            this.reset()
            this.inc(value(read()))
          },
        })
      exposed('scale_sampler_modelers', 'Modelers that this sampler counts for, or that may come back.', ({ sessions }) => sessions)
      exposed('scale_sampler_waiting_spans', 'Matched spans of steps that modelers have not asked for.', ({ openSpans }) => openSpans)
      exposed('scale_sampler_modelers_given_up_total', 'Modelers that let more spans wait than sampler.max_waiting_spans.', ({ givenUp }) => givenUp)
      exposed('scale_sampler_subscribers_lost_total', 'Sampled traces that a subscriber did not get, because it was away or too slow.', ({ lost }) => lost)
    },
    /** Of a modeler: what its samplers and its trace store give it. */
    observeModeler(read: () => ModelerReport): void {
      const exposed = (name: string, help: string, labelNames: readonly string[], values: (report: ModelerReport) => readonly (readonly [object, number])[]) =>
        new (name.endsWith('_total') ? Counter : Gauge)({
          name,
          help,
          labelNames,
          registers,
          collect() {
            this.reset()
            for (const [labels, value] of values(read())) this.inc(labels, value)
          },
        })
      const perSampler = (value: (report: ModelerReport['samplers'][number]) => number) => (report: ModelerReport) =>
        report.samplers.map((sampler) => [{ sampler: sampler.sampler }, value(sampler)] as const)
      exposed(
        'scale_modeler_sampler_connected',
        '1 while the sampler counts for this modeler.',
        ['sampler'],
        perSampler(({ state }) => (state === 'connected' ? 1 : 0)),
      )
      exposed(
        'scale_modeler_missed_steps_total',
        'Steps that were judged without the count of this sampler: what they would have said is unknown.',
        ['sampler'],
        perSampler(({ missedTicks }) => missedTicks),
      )
      exposed(
        'scale_modeler_sampler_restarts_total',
        'Times that the sampler was found to have been started anew.',
        ['sampler'],
        perSampler(({ restarts }) => restarts),
      )
      exposed(
        'scale_modeler_lost_spans_total',
        'Spans that a sampler had counted and not told yet when it died, as far as it had said.',
        ['sampler'],
        perSampler(({ lostSpans }) => lostSpans),
      )
      const trace = (value: (report: ModelerReport['traces']) => number) => (report: ModelerReport) => [[{}, value(report.traces)] as const]
      exposed(
        'scale_traces_sampled_total',
        'Traces that samplers have sampled for this modeler.',
        [],
        trace(({ sampled }) => sampled),
      )
      exposed(
        'scale_traces_fetched_total',
        'Sampled traces that were fetched whole.',
        [],
        trace(({ whole }) => whole),
      )
      exposed(
        'scale_traces_incomplete_total',
        'Sampled traces that were given up with what there was.',
        [],
        trace(({ incomplete }) => incomplete),
      )
      exposed(
        'scale_traces_missing_total',
        'Sampled traces that never came from the trace store.',
        [],
        trace(({ missing }) => missing),
      )
      exposed(
        'scale_traces_lost_total',
        'Sampled traces that this modeler was not told of, because it was away for too long.',
        [],
        trace(({ lost }) => lost),
      )
      exposed(
        'scale_traces_awaited',
        'Sampled traces that are being fetched.',
        [],
        trace(({ waiting }) => waiting),
      )
      exposed(
        'scale_trace_store_failures_total',
        'Answers of the trace store that were no answers.',
        [],
        trace(({ failures }) => failures),
      )
    },
    /** Of a daemon that may act. */
    observeLeader(read: () => boolean): void {
      new Gauge({
        name: 'scale_leader',
        help: '1 while this daemon acts, 0 while it follows the holder of the lease.',
        registers,
        collect() {
          this.set(read() ? 1 : 0)
        },
      })
    },
    observeWatermark(read: () => Nanos | undefined): void {
      new Gauge({
        name: 'scale_watermark_timestamp_seconds',
        help: 'Time up to which spans are taken to have arrived.',
        registers,
        collect() {
          const watermark = read()
          if (watermark !== undefined) this.set(watermark / 1e9)
        },
      })
    },
  }
}
