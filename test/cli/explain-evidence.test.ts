/** From a recording to why this service and not its caller, through the built command line. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scalec } from './scalec.ts'

const example = 'examples/queue-and-workers'
const folder = mkdtempSync(join(tmpdir(), 'scalec-evidence-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Logged {
  readonly id: string
  readonly target: string
  readonly reason: string
  readonly blame?: object
}

function replayed(recording: string, workers: number): { readonly log: string; readonly decisions: readonly Logged[] } {
  const log = join(folder, `${recording}.jsonl`)
  const replicas = [`deployment/workers=${workers}`]
  const { code, err } = scalec([
    'replay',
    `${example}/${recording}.jsonl.gz`,
    '--rules',
    `${example}/rules.scale`,
    '--replicas',
    ...replicas,
    '--decisions',
    log,
  ])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return {
    log,
    decisions: readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Logged),
  }
}

/** The section of it, as an engineer reads it. */
function why({ log, decisions }: ReturnType<typeof replayed>, target: string, reason: string): string {
  const { id } = decisions.find((decision) => decision.target === target && decision.reason === reason) as Logged
  const { code, out, err } = scalec(['explain', '--decision', id, log])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const [, section = ''] = out.split('  Why this service and not its caller\n')
  const [shown = ''] = section.split('\n\n  What would have made it different')
  return `\n${shown.replaceAll(/^ {4}/gm, '')}\n`
}

let saturation: ReturnType<typeof replayed>
let backlog: ReturnType<typeof replayed>
beforeAll(() => {
  saturation = replayed('saturation', 12)
  backlog = replayed('backlog', 4)
})

describe('why this service and not its caller', () => {
  it('a saturated database: the workers are frozen, and this is why', () => {
    expect(why(saturation, 'deployment/workers', 'Frozen')).toMatchInlineSnapshot(`
      "
      database is at fault, and not workers, which calls it: it added 1.39s to a trace, 92% of all
      that services added, in the queue before those who wait for it and in its own work; workers took
      844ms longer at p99, but added 125ms itself.
      database is slow, and messages pile up before those who wait for it: more of those would only
      ask it for more at a time.

                                what rose, a trace (plain: the p99 of its spans)
      service     added  share     plain      self       gap       own  critical
      database    1.39s    92%    +843ms    +638ms         0    +638ms    +638ms
      workers     125ms     8%    +844ms    -272us    +1.13s    +1.13s    +1.13s
      orders          -     0%    +149us    +350us         0    +350us    +350us
      (147 traces completed from 09:00:35 to 09:00:45, against 100 from 09:00:00 to 09:00:10; 100% of
      40 resamples name the first, and traces dealt at random look as bad in 2.4% of cases)

      0000000000000000000000000000037c, the worst that workers-too-few counted:
                                     0                                   3.22s    took    self     gap
      * uploads/POST /uploads        ▏                                          7.71ms  3.04ms
      *  gateway/POST /messages      ▏                                          2.67ms  2.67ms     2ms
          publish messages           ▏
      *    workers/process messages                                   ░░░░░░░░   656ms  11.8ms   2.56s
      *     database/INSERT messages                                  ████████   642ms   642ms     2ms

      00000000000000000000000000000351, of those in which database took long:
                                     0                                   2.27s    took    self     gap
      * orders/POST /orders          ▏                                          7.13ms  3.81ms
      *  gateway/POST /messages      ▏                                          1.32ms  1.32ms     2ms
          publish messages           ▏
      *    workers/process messages                          █░░░░░░░░░░░░░░░░   924ms  12.2ms   1.34s
      *     database/INSERT messages                          ████████████████   909ms   909ms     2ms

      █ own work  ░ waits for what it calls  · gap, caller to callee  ▒ off the path  * critical path
      "
    `)
  })

  it('a backlog: the workers are too few', () => {
    expect(why(backlog, 'deployment/workers', 'ScaleUp')).toMatchInlineSnapshot(`
      "
      workers is at fault, and not gateway, which calls it: it added 815ms to a trace, all that
      services added, nearly all of it between its callers and it; gateway took 2s longer at p99, but
      added nothing itself.
      workers itself is no slower; the time passes on the way to it. If its replicas are busy, it is
      queueing, and more of them help; if they are not, it is the network, and replicas seldom cure
      network delay.

                                what rose, a trace (plain: the p99 of its spans)
      service     added  share     plain      self       gap       own  critical
      workers     815ms   100%    -987us    +1.3ms    +857ms    +858ms    +858ms
      database    140us     0%    -401us   +11.5ms    +239us   +11.7ms   +11.7ms
      orders     2.11us     0%    +999ms    +537us         0    +537us    +537us
      (198 traces completed from 09:00:35 to 09:00:45, against 500 from 09:00:00 to 09:00:30; 100% of
      40 resamples name the first, and traces dealt at random look as bad in 2.4% of cases)

      00000000000000000000000000000401, the worst that workers-too-few counted:
                                     0                                   2.32s    took    self     gap
      * orders/POST /orders          ░░░░░░░░░░░░░░░░░░                          1.01s  5.79ms
      *  gateway/POST /messages      ░░░░░░░░░                                   518ms   2.1ms
      *   publish messages           █████████                                   516ms   516ms
      *    workers/process messages                            ░░               97.5ms  8.44ms   970ms
      *     database/INSERT messages                           ██               87.1ms  87.1ms     2ms
      *  gateway/POST /messages               ░░░░░░░░░░░░                       680ms  2.69ms
      *   publish messages                    ████████████                       678ms   678ms
      *    workers/process messages                                         █░  90.1ms  9.37ms   1.05s
      *     database/INSERT messages                                         █  78.8ms  78.8ms     2ms

      0000000000000000000000000000041e, of those in which workers took long:
                                     0                                   3.19s    took    self     gap
      * orders/POST /orders          ░░░░░░░░░░░░░                               1.01s  6.46ms
      *  gateway/POST /messages      ░░░░░░░░░                                   684ms  2.17ms
      *   publish messages           █████████                                   681ms   681ms
      *    workers/process messages                        ░                    98.3ms  11.9ms   1.01s
      *     database/INSERT messages                       █                    84.4ms  84.4ms     2ms
      *  gateway/POST /messages             ░░░░░░░░░░░░░░░░░░░░░                1.64s     3ms
      *   publish messages                  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒                1.63s   1.63s
      *    workers/process messages                                          ░    86ms  11.2ms   959ms
      *     database/INSERT messages                                         █  72.8ms  72.8ms     2ms

      █ own work  ░ waits for what it calls  · gap, caller to callee  ▒ off the path  * critical path
      "
    `)
  })

  it('is in JSON as it is in the log, and the same in every replay', () => {
    const { id, blame } = saturation.decisions.find(({ target }) => target === 'statefulset/database') as Logged
    const { out } = scalec(['explain', '--decision', id, saturation.log, '--format', 'json'])
    expect(blame).toBeDefined()
    expect(JSON.parse(out)).toMatchObject({ id, blame })
    const first = readFileSync(saturation.log, 'utf8')
    replayed('saturation', 12)
    expect(readFileSync(saturation.log, 'utf8')).toBe(first)
  })

  it('is not there where nobody asks for more', () => {
    expect(backlog.decisions.filter(({ reason }) => reason === 'Settling').every(({ blame }) => blame === undefined)).toBe(true)
  })
})
