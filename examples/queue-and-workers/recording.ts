/** The recordings that the tests of rules.scale replay. `node examples/queue-and-workers/recording.ts` writes them anew, the same to the byte. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { run } from './run.ts'
import { recordedSeconds, type Scenario, scenarios } from './scenarios.ts'

/** OTLP/JSON, a message a line. */
export function recordingOf(scenario: Scenario): string {
  return `${run(scenario, recordedSeconds).recording.join('\n')}\n`
}

export function fileOf({ name }: Scenario): string {
  return fileURLToPath(new URL(`${name}.jsonl.gz`, import.meta.url))
}

if (import.meta.main) for (const scenario of scenarios) writeFileSync(fileOf(scenario), gzipSync(recordingOf(scenario), { level: 9 }))
