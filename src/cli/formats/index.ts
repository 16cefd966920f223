/** Diagnostics for other programs. */
import { github } from './github.ts'
import { junit } from './junit.ts'
import type { Report } from './report.ts'
import { sarif } from './sarif.ts'

export type { Case, Suite } from './junit.ts'
export { junitXml } from './junit.ts'
export type { Report } from './report.ts'

/** Beside text and JSON, which each command prints itself. */
export type MachineFormat = 'sarif' | 'junit' | 'github'

export function machineReport(format: MachineFormat, report: Report): string {
  switch (format) {
    case 'sarif':
      return sarif(report)
    case 'junit':
      return junit(report)
    case 'github':
      return github(report)
  }
}
