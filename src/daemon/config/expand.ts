/** `${env:VAR}` and `${env:VAR:-default}` in the configuration file, as the OpenTelemetry Collector writes them; `$$` is a dollar. */

const reference = /\$\$|\$\{([^}]*)\}/g

/** Expands every text of a parsed document; a problem is a line for people. */
export function expand(document: unknown, environment: Readonly<Record<string, string | undefined>>, problems: string[], path = ''): unknown {
  if (typeof document === 'string') {
    return document.replace(reference, (whole, inner: string | undefined) => {
      if (inner === undefined) return '$'
      const match = /^env:([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inner)
      if (match === null) {
        problems.push(`${path}: expected \${env:NAME} or \${env:NAME:-default}, got ${JSON.stringify(whole)}`)
        return whole
      }
      const value = environment[match[1] as string] ?? match[2]
      if (value === undefined) {
        problems.push(`${path}: the environment has no ${match[1]}; set it or write \${env:${match[1]}:-default}`)
        return whole
      }
      return value
    })
  }
  if (Array.isArray(document)) return document.map((item, i) => expand(item, environment, problems, `${path}[${i}]`))
  if (document !== null && typeof document === 'object')
    return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, expand(value, environment, problems, path === '' ? key : `${path}.${key}`)]))
  return document
}
