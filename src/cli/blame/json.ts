/** A ranking for programs: times as ISO 8601, durations in nanoseconds. */
import { type Verdict, verdict, type Window } from '../../blame/index.ts'
import type { Blamed } from './text.ts'
import { isoOf } from './times.ts'

export function json({ recordings, log, windows: { found }, report }: Blamed, top: number): object {
  const { baseline, window, tracesBefore, tracesAfter, pathBefore, pathAfter, services, confidence, exemplars } = report
  const said: Verdict = verdict(report)
  return {
    recordings,
    baseline: { ...times(baseline), traces: tracesBefore, criticalPath: Math.round(pathBefore) },
    window: { ...times(window), traces: tracesAfter, criticalPath: Math.round(pathAfter) },
    found: found === undefined ? null : { service: found.service, strength: found.strength },
    verdict: { sureness: said.sureness, service: said.service ?? null, sentence: said.sentence, hint: said.hint ?? null },
    confidence: confidence ?? null,
    services: services.slice(0, top).map(({ service, added, share, charge, plain, self, gap, own, critical, spans }) => ({
      service,
      added: Math.round(added),
      share,
      charge: { self: Math.round(charge.self), gap: Math.round(charge.gap), calls: Math.round(charge.calls), queue: Math.round(charge.queue) },
      plain: plain === undefined ? null : Math.round(plain),
      self: Math.round(self),
      gap: Math.round(gap),
      own: Math.round(own),
      critical: Math.round(critical),
      spans,
    })),
    exemplars: exemplars.map((trace) => ({
      traceId: log.idOf(trace),
      begin: isoOf(log.begin[trace] as number),
      criticalPath: Math.round(log.path[trace] as number),
    })),
  }
}

function times({ from, to }: Window): { readonly from: string; readonly to: string } {
  return { from: isoOf(from), to: isoOf(to) }
}
