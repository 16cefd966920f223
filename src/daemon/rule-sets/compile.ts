/** One ScaleRuleSet's text → its part of the bundle, or what is wrong with it, by position. The controller and the webhook both ask here. */
import { combine, compile, type Part, refusals } from '../../bundle/index.ts'
import type { Diagnostic } from '../../language/index.ts'
import { version } from '../version.ts'

/** As far as it is looked at. */
export interface RuleSet {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid?: string
    readonly generation?: number
    readonly resourceVersion?: string
  }
  readonly spec?: { readonly rules?: unknown }
  readonly status?: unknown
}

/** Of the object's text; lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  /** Undefined where it is not the compiler's. */
  readonly code?: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface Compiled {
  /** Absent where a problem is an error. */
  readonly part?: Part
  readonly problems: readonly Problem[]
}

/** An object of etcd has less. */
const longestText = 1 << 20

export function compileRuleSet({ metadata: { name, namespace }, spec }: RuleSet): Compiled {
  const text = spec?.rules
  const wrong = (message: string): Compiled => ({ problems: [{ severity: 'error', line: 1, column: 1, message }] })
  if (typeof text !== 'string') return wrong('spec.rules must be the text of a rule file')
  if (text.length > longestText) return wrong(`spec.rules has ${text.length} characters, and at most ${longestText} are read`)
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: version })
  const problems = diagnostics.map((diagnostic) => problemOf(diagnostic, text))
  if (bundle === undefined) return { problems }
  const unmeasured = refusals(bundle)
  if (unmeasured.length > 0)
    return {
      problems: [...problems, ...unmeasured.map(({ rule, what }) => whole(`rule ${rule} uses ${what}, which this version of scaled cannot measure yet`))],
    }
  const part: Part = { name: `${namespace}/${name}`, bundle, namespace }
  const [refused] = combine([part]).refused
  return refused === undefined ? { part, problems } : { problems: [...problems, whole(refused.reason)] }
}

function whole(message: string): Problem {
  return { severity: 'error', line: 1, column: 1, message }
}

function problemOf({ severity, code, range, message, help }: Diagnostic, text: string): Problem {
  const before = text.slice(0, range.start)
  return {
    severity,
    code,
    line: before.split('\n').length,
    column: range.start - (before.lastIndexOf('\n') + 1) + 1,
    message: help === undefined ? message : `${message}; ${help}`,
  }
}

/** `3:5: error SC2003: …` */
export function lineOf({ line, column, severity, code, message }: Problem): string {
  return `${line}:${column}: ${severity}${code === undefined ? '' : ` ${code}`}: ${message}`
}
