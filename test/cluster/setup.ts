/** Builds the control plane before any test's clock runs. */
import { clusterBinary } from './binary.ts'

export default function setup(): void {
  const binary = clusterBinary()
  if ('missing' in binary) console.warn(`test:cluster is skipped: ${binary.missing}`)
}
