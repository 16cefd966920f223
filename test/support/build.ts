/** Builds the programs once before tests that run them as processes, unless they are newer than everything that they are made of. */
import { execFileSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'

export default function setup(): void {
  const built = Math.min(...['dist/scalec.js', 'dist/scaled.js', 'dist/scalec.main.js', 'dist/scaled.main.js'].map(changed))
  const made = Math.max(...globSync(['src/**/*.{ts,json}', 'lsp/**/*.{ts,css,html,svg}', 'grammar/*/*.md', '.ci/build.ts', 'package.json']).map(changed))
  if (built <= made) execFileSync(process.execPath, ['.ci/build.ts'], { stdio: 'inherit' })
}

/** 0 if there is no such file. */
function changed(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
