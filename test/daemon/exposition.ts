/** A strict reader of Prometheus' text format, for tests: https://prometheus.io/docs/instrumenting/exposition_formats/. */

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Exposition {
  readonly samples: readonly Sample[]
  /** Family to type. */
  readonly types: ReadonlyMap<string, string>
  /** Everything that promtool would object to, and what breaks the format. */
  readonly problems: readonly string[]
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? (\S+)$/

export function readExposition(text: string): Exposition {
  const samples: Sample[] = []
  const types = new Map<string, string>()
  const helps = new Set<string>()
  const problems: string[] = []
  const seen = new Set<string>()
  if (!text.endsWith('\n')) problems.push('the last line does not end')
  for (const line of text.split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (line === '') continue
    if (comment !== null) {
      const [, kind, family, rest] = comment as unknown as [string, string, string, string]
      if (kind === 'HELP') helps.add(family)
      else if (types.has(family)) problems.push(`${family} has two types`)
      else types.set(family, rest)
      continue
    }
    const match = sampleLine.exec(line)
    if (match === null) {
      problems.push(`not a sample: ${line}`)
      continue
    }
    const [, name, labelText = '', value] = match as unknown as [string, string, string | undefined, string]
    const labels = Object.fromEntries([...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, v]) => [key, v]))
    const key = `${name}{${labelText}}`
    if (seen.has(key)) problems.push(`${key} occurs twice`)
    seen.add(key)
    samples.push({ name, labels, value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) })
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(family)) problems.push(`${name} has no type`)
    if (!helps.has(family)) problems.push(`${name} has no help`)
    if (types.get(family) === 'counter' && !name.endsWith('_total')) problems.push(`${name} is a counter and should end in _total`)
    if (types.get(family) !== 'counter' && name.endsWith('_total')) problems.push(`${name} is not a counter and should not end in _total`)
  }
  return { samples, types, problems }
}
