/** The Containerfile, as far as it can be checked without an engine or a registry: what it copies is staged as it says, and run with nothing beside it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from './helm.ts'

interface Instruction {
  readonly word: string
  readonly rest: string
}
interface Stage {
  readonly name: string
  readonly image: string
  readonly instructions: readonly Instruction[]
}

const stages = stagesOf(readFileSync('deploy/Containerfile', 'utf8'))
const last = stages.at(-1) as Stage
const stage = (name: string): Stage => stages.find((each) => each.name === name) as Stage
const said = (of: Stage, word: string): readonly string[] => of.instructions.filter((each) => each.word === word).map(({ rest }) => rest)

function stagesOf(text: string): readonly Stage[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const found: { name: string; image: string; instructions: Instruction[] }[] = []
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? []
    const from = /^(\S+)(?: AS (\S+))?$/.exec(rest)
    if (word === 'FROM') found.push({ name: from?.[2] ?? '', image: from?.[1] ?? '', instructions: [] })
    else found.at(-1)?.instructions.push({ word, rest })
  }
  return found
}

/** Paths of the repository that a stage copies. */
const copied = (of: Stage): readonly string[] =>
  said(of, 'COPY')
    .filter((rest) => !rest.startsWith('--from='))
    .flatMap((rest) => rest.split(' ').slice(0, -1))

it('takes from the repository what is there and is sent', () => {
  const sent = readFileSync('deploy/Containerfile.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  const taken = new Set(stages.flatMap(copied))
  for (const path of taken) expect(existsSync(path), path).toBe(true)
  expect([...taken].sort()).toEqual([...sent].sort())
})

it('builds from what the build reads', () => {
  // Imports of the build that lead out of what is copied would fail in the image alone.
  const inputs = execFileSync(process.execPath, ['--input-type=module', '-e', listInputs], { encoding: 'utf8' }).trim().split('\n')
  const roots = copied(stage('build'))
  expect(inputs.filter((input) => !input.startsWith('node_modules/') && !roots.some((root) => input === root || input.startsWith(`${root}/`)))).toEqual([])
  expect(inputs.length).toBeGreaterThan(100)
})

const listInputs = `
import { build } from 'esbuild'
const { metafile } = await build({
  entryPoints: ['src/cli/main.ts', 'src/daemon/main.ts', 'lsp/playground/worker.ts', 'lsp/playground/page/main.ts', '.ci/build.ts'],
  outdir: 'unused', bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error',
  loader: { '.svg': 'empty' },
})
console.log(Object.keys(metafile.inputs).join('\\n'))`

describe('the image', () => {
  it('has no shell, runs nothing while it is made, and is nobody in particular', () => {
    expect(last.image).toMatch(/^gcr\.io\/distroless\/nodejs\d+-debian\d+:nonroot$/)
    expect(said(last, 'RUN')).toEqual([])
    expect(said(last, 'USER')).toEqual(['65532:65532'])
    // Every package of the stages that npm fills is one of the lock file, and none runs a script unseen.
    for (const rest of stages.flatMap((each) => said(each, 'RUN')).filter((each) => each.includes('npm ci'))) expect(rest).toContain('--ignore-scripts')
  })

  it('runs on a Node that the programs take', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }
    const least = Number(/>=(\d+)/.exec(engines.node)?.[1])
    for (const { image } of stages) expect(Number(/node(?:js|:)(\d+)/.exec(image)?.[1])).toBeGreaterThan(least)
  })

  it('listens where the chart says', () => {
    const exposed = (said(last, 'EXPOSE')[0] as string).split(' ')
    const pods = readFileSync('deploy/helm/scaled/templates/_helpers.tpl', 'utf8')
    expect([...new Set([...pods.matchAll(/containerPort: (\d+)/g)].map(([, port]) => port))].sort()).toEqual(exposed.sort())
  })

  it('has all that scaled and scalec need, with the packages of production alone', () => {
    const root = folder()
    const image = stageImage(root)
    expect(image(['--version'])).toEqual({
      status: 0,
      stdout: `${(JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version}\n`,
      stderr: '',
    })
    const config = join(root, 'scaled.yaml')
    writeFileSync(config, 'keda: { port: 7000 }\norchestrators: { kubernetes: { lease: {} } }\n')
    expect(image(['check-config', '--config', config])).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('port: 7000') })
    // What is not bundled is loaded when it is needed: all of it is there.
    const external = /external: \[([^\]]+)\]/.exec(readFileSync('.ci/programs.ts', 'utf8'))?.[1] ?? ''
    const names = [...external.matchAll(/'([^']+)'/g)].map(([, name]) => name as string)
    expect(names).toContain('@kubernetes/client-node')
    writeFileSync(join(root, 'scale/dist/all.mjs'), names.map((name) => `import '${name}'\n`).join(''))
    expect(spawnSync(process.execPath, [join(root, 'scale/dist/all.mjs')], { encoding: 'utf8', env: {} })).toMatchObject({ status: 0, stderr: '' })
    expect(spawnSync(process.execPath, [join(root, 'scale/dist/scalec.js'), 'explain', 'SC1001'], { encoding: 'utf8', env: {} })).toMatchObject({ status: 0 })
    // Neither what only builds or tests nor what only a browser reads.
    for (const path of ['node_modules/vitest', 'node_modules/esbuild', 'node_modules/typescript', 'dist/playground', 'dist/scaled.main.js.map', 'src'])
      expect(existsSync(join(root, 'scale', path)), path).toBe(false)
  }, 60_000)
})

/** Puts into `root` what the last stage copies, and returns its entry point with `root` before its paths and this Node in place of its own. */
function stageImage(root: string): (args: readonly string[]) => { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const made = { build: join(root, 'build'), modules: join(root, 'modules') }
  // What `npm run build` leaves, and what is then taken away again.
  cpSync('dist', join(made.build, 'dist'), { recursive: true })
  const tidy = (said(stage('build'), 'RUN').find((rest) => rest.startsWith('npm run build && ')) as string).slice('npm run build && '.length)
  execFileSync('sh', ['-c', tidy], { cwd: made.build })
  // What `npm ci --omit=dev` installs.
  expect(said(stage('modules'), 'RUN')).toEqual(['npm ci --omit=dev --ignore-scripts'])
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { dev?: boolean; devOptional?: boolean }> }
  const ofProduction = Object.entries(packages).flatMap(([path, { dev = false, devOptional = false }]) => (path === '' || dev || devOptional ? [] : [path]))
  const whole = ofProduction.filter((path) => path.lastIndexOf('node_modules') === 0)
  // With them comes what lies in them, all of which is of production, too.
  expect(Object.keys(packages).filter((path) => whole.some((each) => path.startsWith(`${each}/`)) && !ofProduction.includes(path))).toEqual([])
  for (const path of whole) {
    mkdirSync(dirname(join(made.modules, path)), { recursive: true })
    execFileSync('cp', ['-R', path, join(made.modules, path)])
  }
  for (const path of copied(stage('modules'))) cpSync(path, join(made.modules, path))

  const workdir = said(last, 'WORKDIR')[0] as string
  for (const rest of said(last, 'COPY')) {
    const [, name, from = '', to = ''] = /^(?:--from=(\w+) )?(\S+) (\S+)$/.exec(rest) ?? []
    const source = name === undefined ? from : join(made[name as keyof typeof made], from.replace(workdir, ''))
    const target = join(root, workdir, to)
    mkdirSync(dirname(target), { recursive: true })
    execFileSync('cp', ['-R', source, target])
  }
  const [node, ...fixed] = JSON.parse(said(last, 'ENTRYPOINT')[0] as string) as string[]
  expect(node).toBe('/nodejs/bin/node')
  const env = Object.fromEntries((said(last, 'ENV')[0] as string).split(' ').map((each) => each.split('=') as [string, string]))
  return (args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...fixed.map((path) => join(root, path)), ...args], { encoding: 'utf8', env })
    return { status, stdout, stderr }
  }
}
