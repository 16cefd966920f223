/** `npm run bench -- NAME [--json]`: runs bench/NAME.ts and prints its rows beside their peers, and the machine in one line. */
import { existsSync, globSync } from 'node:fs'
import { basename } from 'node:path'
import type { Row } from './report.ts'
import { machine, print } from './report.ts'

const [name, ...flags] = process.argv.slice(2)
const names = globSync(new URL('*.ts', import.meta.url).pathname)
  .map((file) => basename(file, '.ts'))
  .filter((n) => n !== 'run' && n !== 'report')
  .sort()
if (name === undefined || !names.includes(name) || !existsSync(new URL(`${name}.ts`, import.meta.url))) {
  console.error(`usage: npm run bench -- NAME [--json]\nNAME is one of ${names.join(', ')}`)
  process.exit(2)
}
const { default: measure } = (await import(`./${name}.ts`)) as { default: () => Promise<readonly Row[]> }
const rows = await measure()
if (flags.includes('--json')) console.log(JSON.stringify({ bench: name, machine: machine(), rows }, undefined, 2))
else print(name, rows)
