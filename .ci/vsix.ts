/**
 * Packs the extension for Visual Studio Code: `node .ci/vsix.ts [FILE]`, dist/scale.vsix by default, without a network. Not a part of the build: nobody who installs
 * the programs waits for it.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { buildPlayground, buildPrograms } from './programs.ts'

const from = 'lsp/vscode'

/** Lays the extension's files out in a folder, as they are in the package. */
export async function stage(folder: string): Promise<void> {
  for (const part of ['package.json', 'README.md', 'language-configuration.json', 'snippets', 'icons'])
    cpSync(join(from, part), join(folder, part), { recursive: true })
  const copies = {
    'grammar/scale.tmLanguage.json': 'syntaxes/scale.tmLanguage.json',
    'grammar/scale.schema.json': 'schemas/scale.schema.json',
    LICENSE: 'LICENSE.txt',
  }
  for (const [file, to] of Object.entries(copies)) {
    mkdirSync(dirname(join(folder, to)), { recursive: true })
    copyFileSync(file, join(folder, to))
  }
  // Messages link to their pages.
  cpSync('grammar/diagnostics', join(folder, 'grammar/diagnostics'), { recursive: true })
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as object
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...manifest, version }, undefined, 2)}\n`)
  await build({
    entryPoints: { extension: join(from, 'src/extension.ts') },
    outdir: join(folder, 'out'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  })
  await buildPrograms(['scalec'], join(folder, 'server'), false)
  await buildPlayground(join(folder, 'server/playground'), false)
}

export async function pack(file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'scale-vsix-'))
  try {
    await stage(folder)
    mkdirSync(dirname(resolve(file)), { recursive: true })
    const vsce = join(dirname(createRequire(import.meta.url).resolve('@vscode/vsce/package.json')), 'vsce')
    execFileSync(process.execPath, [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', resolve(file)], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (import.meta.main) {
  const [, , file = 'dist/scale.vsix'] = process.argv
  await pack(file)
  console.log(file)
}
