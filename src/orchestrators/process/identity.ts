/**
 * Which process a number stands for. Numbers are reused, so a process is known by its start time too: from /proc on Linux, from `ps`
 * elsewhere.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Text that no other process of this machine has, before or after; undefined when there is no such process or it is only waiting to be reaped. */
export function identityOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = statOf(pid)
    return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : `${bootId()}/${stat.startTicks}`
  }
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=,command=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '')
  } catch {
    return undefined
  }
}

interface Stat {
  readonly state: string
  readonly group: number
  /** Clock ticks from the boot of the machine. */
  readonly startTicks: string
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the command in parentheses and may itself hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] as string, group: Number(fields[2]), startTicks: fields[19] as string }
  } catch {
    return undefined
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
}

/**
 * Leaders of process groups that were started with the variable `name` in their environment, with its value. This finds a replica whose
 * starter was killed before it could write the number down. Linux only; elsewhere there is nothing to read it from.
 */
export function findByEnvironment(name: string): { readonly pid: number; readonly value: string }[] {
  if (process.platform !== 'linux') return []
  const found: { pid: number; value: string }[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    try {
      const value = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .find((variable) => variable.startsWith(`${name}=`))
      if (value !== undefined && statOf(pid)?.group === pid) found.push({ pid, value: value.slice(name.length + 1) })
    } catch {
      // Another user's process, or one that has just ended.
    }
  }
  return found
}
