/** Who may give `scaled` its rules. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile, generateKeys, readPrivateKey, serialize, signBundle } from '../../src/bundle/index.ts'
import { loadRules } from '../../src/daemon/rules.ts'
import { runScaled, type Workspace } from './process.ts'
import { makeWorkspace, start } from './support.ts'

const rules = (name: string): string => `${name}: scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s`

function bundleFile(at: Workspace, name: string, signer?: ReturnType<typeof generateKeys>): string {
  const { bundle } = compile({ roots: [{ name: 'rules.scale', text: rules(name) }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error('does not compile')
  const key = signer === undefined ? undefined : readPrivateKey(signer.privatePem)
  const file = join(at.dir, 'x.bundle.json')
  writeFileSync(file, serialize(key === undefined || 'error' in key ? bundle : signBundle(bundle, key)))
  return file
}

function keyFile(at: Workspace, name: string, keys: ReturnType<typeof generateKeys>): string {
  const file = join(at.dir, name)
  writeFileSync(file, keys.publicPem)
  return file
}

describe('signed bundles', () => {
  it('start where their key is configured; at a reload another signer leaves the old rules', async () => {
    const [ours, theirs] = [generateKeys(), generateKeys()]
    const at = makeWorkspace('')
    at.writeConfig(`bundle: {public_keys: [${keyFile(at, 'old.pem', generateKeys())}, ${keyFile(at, 'ours.pem', ours)}]}\nreload: {watch: false}`)
    const scaled = await start(at, ['--bundle', bundleFile(at, 'first', ours)])

    bundleFile(at, 'second', theirs)
    scaled.child.kill('SIGHUP')
    await scaled.logged(({ msg }) => msg.startsWith('rules not loaded'))
    const kept = await scaled.status()
    expect([kept.rules[0]?.rule, kept.reload.problems?.[0]]).toEqual([
      'first',
      expect.stringContaining(`is signed by key ${theirs.id}, and a signature of key`),
    ])

    bundleFile(at, 'third', ours)
    scaled.child.kill('SIGHUP')
    await scaled.logged(({ msg }) => msg === 'rules loaded' && scaled.log.filter((line) => line.msg === 'rules loaded').length === 2)
    expect((await scaled.status()).rules[0]?.rule).toBe('third')
  })

  it('do not start otherwise, and one line says why', async () => {
    const keys = generateKeys()
    const at = makeWorkspace(rules('plain'))
    expect(await runScaled(['run', '--config', at.config, '--bundle', bundleFile(at, 'signed', keys)])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^scaled: .*the bundle is signed \(by key \w+\), and no public key is configured to verify it with\n$/),
    })
    at.writeConfig(`bundle: {public_keys: [${keyFile(at, 'k.pem', keys)}]}`)
    expect(await runScaled(['run', '--config', at.config, '--bundle', bundleFile(at, 'plain')])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^scaled: .*the bundle is not signed, and a signature of key \w+ is expected\n$/),
    })
    expect(await runScaled(['run', '--config', at.config, '--rules', at.rules])).toMatchObject({
      code: 2,
      err: 'scaled: bundle.public_keys asks for signed rules, and rule files have no signature: compile and sign them, and give --bundle\n',
    })
  })

  it('tell what is wrong with a key', () => {
    const at = makeWorkspace('')
    const file = bundleFile(at, 'plain')
    writeFileSync(join(at.dir, 'k.pem'), 'nothing')
    expect(loadRules({ kind: 'bundle', file }, [join(at.dir, 'k.pem')])).toMatchObject({
      problems: [expect.stringContaining('k.pem holds no public key in PEM form')],
    })
    expect(loadRules({ kind: 'bundle', file }, [join(at.dir, 'none.pem')])).toMatchObject({ problems: [expect.stringContaining('cannot read the key')] })
  })
})
