/** Builds the two programs into dist/, and the playground's page beside them. */
import { mkdirSync, rmSync } from 'node:fs'
import { buildPlayground, buildPrograms } from './programs.ts'

rmSync('dist', { recursive: true, force: true })
mkdirSync('dist')
await Promise.all([buildPrograms(['scalec', 'scaled'], 'dist', 'linked'), buildPlayground('dist/playground', 'linked')])
