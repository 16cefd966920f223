/** Names of other people as the language writes them: bare where they are words of it, else in quotes. */

const word = String.raw`[A-Za-z_*][\w*]*(?:[-.]+[\w*]+)*`
const plainName = /^[A-Za-z_]\w*(?:[-.]+\w+)*$/
const bareName = new RegExp(`^${word}$`)
const bareOperation = new RegExp(`^${word}(?:/${word})*$`)

/** A workload's name or kind, a namespace. */
export function nameText(name: string): string {
  return plainName.test(name) ? name : quoted(name)
}

/** A service, which may hold wildcards. */
export function serviceText(service: string): string {
  return bareName.test(service) ? service : quoted(service)
}

export function operationText(operation: string): string {
  return bareOperation.test(operation) ? operation : quoted(operation)
}

/** On one line, whatever is in it. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replace(/\p{C}/gu, ' ')}"`
}
