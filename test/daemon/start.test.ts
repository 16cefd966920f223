/** What keeps `scaled` from starting, and what it says then. */
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compile, serialize } from '../../src/bundle/index.ts'
import { runScaled } from './process.ts'
import { makeWorkspace, start } from './support.ts'

const rule = 'scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s'

describe('scaled', () => {
  it('explains itself', async () => {
    const { code, out } = await runScaled(['run', '--help'])
    expect(code).toBe(0)
    for (const word of ['--rules', '--bundle', '--config', '--set', 'SIGHUP', 'SCALED_RECEIVERS_GRPC_PORT']) expect(out).toContain(word)
  })

  it.each([
    [['run'], 'scaled: give the rules with either --bundle FILE or --rules PATHS\n'],
    [['run', '--rules', 'a.scale', '--bundle', 'b.json'], 'scaled: give the rules with either --bundle FILE or --rules PATHS\n'],
    [['run', '--rules', '/nowhere/a.scale'], 'scaled: /nowhere/a.scale does not exist\n'],
    [['run', '--rulse', 'a'], "scaled: unknown option '--rulse' (Did you mean --rules?)\n"],
    [['run', '--rules', 'a', '--set', 'api.port'], 'scaled: --set api.port: expected KEY=VALUE\n'],
    [['check-config', '--config', '/nowhere.yaml'], "scaled: --config: ENOENT: no such file or directory, open '/nowhere.yaml'\n"],
    [['check-config', '--set', 'api.port=abc'], 'scaled: --set: api.port: expected a port from 0 to 65535, got "abc"\n'],
  ])('says of %j in one line what is wrong', async (args, message) => {
    expect(await runScaled(args)).toEqual({ code: 2, out: '', err: message })
  })

  it('prints the configuration that results', async () => {
    const { code, out } = await runScaled(['check-config', '--set', 'api.port=1234'], { SCALED_LOG_LEVEL: 'debug' })
    expect([code, out.includes('port: 1234'), out.includes('level: debug')]).toEqual([0, true, true])
  })

  it('does not start on rules that do not compile: one line a problem, exit code 1', async () => {
    const at = makeWorkspace(`${rule}\nscale deployment/x +2 when span(a/b).p99 > 400 5 times in 60s`)
    const { code, err } = await runScaled(['run', '--config', at.config, '--rules', at.rules])
    expect(code).toBe(1)
    expect(err.trimEnd().split('\n')).toEqual([expect.stringMatching(/^scaled: .*rules\.scale:2:\d+: error SC\d{4}: .*400ms/)])
  })

  it('does not start on rules that it cannot measure, and names them', async () => {
    const at = makeWorkspace('mine: scale deployment/x +2 when metric("up") > 4 5 times in 60s')
    const { code, err } = await runScaled(['run', '--config', at.config, '--rules', at.rules])
    expect([code, err]).toEqual([1, 'scaled: rule mine uses metric, which this version of scaled cannot measure yet\n'])
  })

  it('names the key of a port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const at = makeWorkspace(rule)
    for (const key of ['receivers.grpc', 'receivers.http', 'api']) {
      const { code, err } = await runScaled(['run', '--config', at.config, '--rules', at.rules, '--set', `${key}.port=${port}`])
      expect([code, err]).toEqual([2, `scaled: ${key}: 127.0.0.1:${port} is in use by another process; choose another port\n`])
    }
  })

  it('runs a compiled bundle', async () => {
    const at = makeWorkspace(rule)
    const { bundle } = compile({ roots: [{ name: 'rules.scale', text: rule }] }, { compiler: 'test' })
    const file = join(at.dir, 'x.bundle.json')
    if (bundle !== undefined) writeFileSync(file, serialize(bundle))
    const scaled = await start(at, ['--bundle', file])
    expect((await scaled.status()).bundle.digest).toBe(bundle?.digest)
    writeFileSync(file, serialize(bundle as NonNullable<typeof bundle>).replace('400000000', '500000000'))
    const { code, err } = await runScaled(['run', '--config', at.config, '--bundle', file])
    expect([code, err]).toEqual([1, expect.stringContaining('digest')])
  })

  it('moves a damaged state file aside, says so, and starts', async () => {
    const at = makeWorkspace(rule)
    await (await start(at)).end()
    writeFileSync(join(at.dir, 'state', 'state.json'), '{"version":1,')
    const scaled = await start(at)
    const line = await scaled.logged(({ level }) => level === 'error')
    expect(line.msg).toContain('state file was damaged')
    expect(readdirSync(join(at.dir, 'state')).some((file) => file.startsWith('state.json.damaged-'))).toBe(true)
  })

  it('changes nothing with --dry-run, whatever is configured', async () => {
    const at = makeWorkspace(rule, 'orchestrators: {kubernetes: {kubeconfig: /nowhere}}')
    expect((await runScaled(['run', '--config', at.config, '--rules', at.rules])).code).toBe(2)
    const scaled = await start(at, ['--rules', at.rules, '--dry-run'])
    expect((await scaled.status()).targets[0]?.replicas?.desired).toBe(1)
  })
})
