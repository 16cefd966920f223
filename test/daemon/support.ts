/** What the tests of the whole process share: made things are ended when the test is. */
import { onTestFinished } from 'vitest'
import { type Exporter, type Load, startLoad } from './load.ts'
import { type Scaled, startScaled, type Workspace, workspace } from './process.ts'

export function makeWorkspace(rules: string, config?: string): Workspace {
  const made = workspace(rules, config)
  onTestFinished(() => made.remove())
  return made
}

export async function start(at: Workspace, args?: readonly string[], command?: string): Promise<Scaled> {
  const scaled = await startScaled(at, args, command)
  onTestFinished(async () => {
    await scaled.end('SIGKILL')
  })
  return scaled
}

export function load(scaled: Scaled, durationMs: number, exporter?: Exporter): Load {
  const made = startLoad(scaled, durationMs, exporter)
  onTestFinished(() => made.stop())
  return made
}

/** Reads a stream up to an event that satisfies; the stream can be read on. */
export async function firstWhere<T>(events: AsyncGenerator<T>, is: (event: T) => boolean): Promise<T> {
  // Not `for await`, which would end the stream for those who read on.
  for (;;) {
    const { done, value } = await events.next()
    if (done === true) throw new Error('the stream ended')
    if (is(value)) return value
  }
}

export const isAction = ({ outcome }: { readonly outcome: string }): boolean => outcome === 'scale'
export const isHold = ({ outcome }: { readonly outcome: string }): boolean => outcome === 'hold'
