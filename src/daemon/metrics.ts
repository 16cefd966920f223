/** What `/metrics` exposes, named as Prometheus asks: https://prometheus.io/docs/practices/naming/. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { TracesReport, Truth } from '../evaluate/index.ts'
import type { Nanos } from '../spans/index.ts'

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
