// `npm run demo` starts here, in words that any Node understands: demo.ts needs one that runs TypeScript, and npm ci brings it.
import { existsSync } from 'node:fs'

const root = new URL('../../', import.meta.url)
const missing = ['dist/scaled.js', 'node_modules/@opentelemetry/sdk-trace'].some((path) => !existsSync(new URL(path, root)))
if (missing) fail('scaled is not built here: run npm ci first')
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) fail(`this is Node ${process.versions.node}, too old: npm run demo takes the one that npm ci has installed`)
await import('./demo.ts')

function fail(problem) {
  console.error(`demo: ${problem}`)
  process.exit(2)
}
