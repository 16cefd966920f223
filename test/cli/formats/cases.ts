/** Reports that are hard to print. */

import { analyse } from '../../../src/bundle/index.ts'
import type { Report } from '../../../src/cli/formats/index.ts'

export function reportOf(files: Readonly<Record<string, string>>, failLevel: 'error' | 'warning' = 'error'): Report {
  const sources = Object.entries(files).map(([name, text]) => ({ name, text }))
  const { diagnostics } = analyse({ roots: sources, resolve: (path) => sources.find(({ name }) => name === path) })
  return { diagnostics, sources, failLevel }
}

const bounded = 'target deployment/ads { between 1 and 10 }\n'

export const files = {
  'rules/good.scale': `${bounded.replace('ads', 'good')}scale deployment/good +1 when span(good/Get).p99 > 1s for 1m\n`,
  // A name with what paths, URIs, workflow commands and XML take for something else.
  'rules/50% off, a:b & <c> #1.scale': `${bounded}scale deployment/ads +2 wen span(ads/"GET <&> \u0001 100%").p99 > 400 for 1m\n`,
  'rules/wide.scale': 'let é🦊 = 1\nscale deployment/wide +1 when\n  span(wide/"🦊é").p99 > 400\n',
  'rules/twice.scale': 'target deployment/x { between 1 and 2 }\ntarget deployment/x { between 1 and 2 }\nscale deployment/x -1 when span(x).p99 < 1s\n',
} as const
