/** A process that runs a pool until it is killed: options as JSON in the first argument, events as JSON lines on stdout, sets as messages. */
import { isError, processPool, type SetRequest } from '../../../src/orchestrators/index.ts'

const tell = (line: unknown) => console.log(JSON.stringify(line))
const pool = await processPool({ ...JSON.parse(process.argv[2] as string), onEvent: tell })
if (isError(pool)) {
  tell(pool)
  process.exit(1)
}
process.on('SIGTERM', () => void pool.close().then(() => process.disconnect?.()))
process.on('message', (request: SetRequest) => void pool.set({ name: 'worker' }, request))
