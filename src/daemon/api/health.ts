/** `/livez` and `/readyz`, in Kubernetes' form: one word, or one line a check with `?verbose`. */
import type { Handler } from './router.ts'
import { send } from './router.ts'

/** Undefined: well. Otherwise what is wrong, for people. */
export type Check = () => string | undefined

export function health(checks: Readonly<Record<string, Check>>): Handler {
  return ({ response, query }) => {
    const results = Object.entries(checks).map(([name, check]) => ({ name, problem: check() }))
    const well = results.every(({ problem }) => problem === undefined)
    const verbose = query.has('verbose') || !well
    const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${problem}\n`))
    send(response, well ? 200 : 503, 'text/plain; charset=utf-8', verbose ? `${lines.join('')}${well ? 'ok' : 'not ok'}\n` : 'ok\n')
  }
}
