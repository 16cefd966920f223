/** How the programs and the playground's page are bundled: into dist/, and into the editor's extension. */
import { chmodSync, copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const minimum = [22, 19] as const

/** Plain enough for any Node to parse. */
function launcher(program: string): string {
  return `#!/usr/bin/env node
var v = process.versions.node.split('.').map(Number)
if (v[0] < ${minimum[0]} || (v[0] === ${minimum[0]} && v[1] < ${minimum[1]})) {
  console.error('${program} needs Node ${minimum.join('.')} or newer, and this is Node ' + process.versions.node + ': run it with npx ${program}, which takes the pinned one')
  process.exit(2)
}
import('node:module').then(function (m) { if (m.enableCompileCache) m.enableCompileCache() }).then(function () { return import('./${program}.main.js') })
`
}

const programs = { scalec: 'src/cli/main.ts', scaled: 'src/daemon/main.ts' } as const

/** Each is a small launcher, which names a missing or too old Node in one line, and the program itself. */
export async function buildPrograms(names: readonly (keyof typeof programs)[], outdir: string, sourcemap: 'linked' | false): Promise<void> {
  /** The reference's pages by path below grammar/, which `scalec explain` prints. */
  const pages = Object.fromEntries(globSync('*/*.md', { cwd: 'grammar' }).map((path) => [path, readFileSync(`grammar/${path}`, 'utf8')]))
  const mains = Object.fromEntries(names.map((name) => [`${name}.main`, programs[name]]))
  await build({
    entryPoints: { ...mains, 'playground.worker': 'lsp/playground/worker.ts' },
    outdir,
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    sourcemap,
    chunkNames: 'chunks/[name]-[hash]',
    // Loaded from node_modules, and only when a command needs them.
    external: ['@grpc/grpc-js', '@kubernetes/client-node', 'apache-arrow', 'pino', 'prom-client', 'protobufjs', 'zod', 'yaml'],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    define: { SCALE_PAGES: JSON.stringify(pages) },
    logLevel: 'warning',
  })
  for (const program of names) {
    writeFileSync(`${outdir}/${program}.js`, launcher(program))
    chmodSync(`${outdir}/${program}.js`, 0o755)
  }
}

/** Everything that the page needs is in these files: it works offline. */
export async function buildPlayground(outdir: string, sourcemap: 'linked' | false): Promise<void> {
  await build({
    entryPoints: { page: 'lsp/playground/page/main.ts', styles: 'lsp/playground/page/page.css' },
    outdir,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: ['chrome120', 'firefox121', 'safari17'],
    sourcemap,
    logLevel: 'warning',
  })
  for (const file of ['index.html', 'icon.svg']) copyFileSync(`lsp/playground/page/${file}`, `${outdir}/${file}`)
}
