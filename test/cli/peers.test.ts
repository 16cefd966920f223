/** A database that sends no spans, from its recording to a decision and to blame, by the built program. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/blame/index.ts'
import { type Call, requestsOf } from '../blame/calls.ts'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-peers-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** From the sixtieth second on the database takes ten times as long. */
function record(): void {
  const random = seededRandom(5)
  const vary = (ms: number): number => ms * (0.8 + 0.4 * random())
  const call = (i: number): Call => ({
    service: 'gateway',
    operation: 'GET /',
    self: vary(5),
    calls: [
      {
        service: 'orders',
        operation: 'List',
        self: vary(8),
        gap: vary(2),
        calls: [
          {
            service: 'postgresql',
            operation: 'SELECT orders',
            self: vary(i < 600 ? 20 : 200),
            peer: { 'db.system.name': 'postgresql', 'db.namespace': 'shop' },
          },
          { service: 'redis', operation: 'GET', self: vary(2), peer: { 'db.system': 'redis' } },
        ],
      },
    ],
  })
  const frames = requestsOf([{ from: 0, every: 100, count: 1200, call }]).map((request) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(request.length)
    return Buffer.concat([length, request])
  })
  writeFileSync(join(folder, 'shop.binpb'), Buffer.concat(frames))
}

record()
const run = (...args: string[]) => scalec(args, { cwd: folder })
const rules = (selector: string): string => `target statefulset/postgresql { between 1 and 3 }
target deployment/orders { between 1 and 9 }

database-slow: scale statefulset/postgresql +1
  when span(${selector}).own.p90 > 100ms 3 times in 30s

orders-slow: scale deployment/orders +1
  when span(orders/List).own.p90 > 100ms 3 times in 30s
`
writeFileSync(join(folder, 'asked.scale'), rules('postgresql where kind == peer'))
writeFileSync(join(folder, 'named.scale'), rules('postgresql'))

describe('a database that sends no spans', () => {
  it('is in the catalog of a recording', () => {
    const learned = run('catalog', 'from-recording', 'shop.binpb', '--output', 'catalog.json')
    expect({ code: learned.code, err: learned.err }).toEqual({ code: 0, err: '' })
    const { out } = run('catalog', 'from-recording', 'shop.binpb', '--format', 'json')
    const { format, services } = JSON.parse(out) as { format: number; services: { name: string; peer?: true }[] }
    expect({ format, services: services.map(({ name, peer }) => [name, peer === true]) }).toEqual({
      format: 2,
      services: [
        ['gateway', false],
        ['orders', false],
        ['postgresql/shop', true],
        ['redis', true],
      ],
    })
  })

  it('is hinted at without a catalog, and meant by its name with one', () => {
    run('catalog', 'from-recording', 'shop.binpb', '--output', 'catalog.json')
    expect(run('check', 'named.scale').out + run('check', 'named.scale').err).toContain('SC4107')
    const { code, out, err } = run('check', '--catalog', 'catalog.json', 'named.scale')
    expect(code, out + err).toBe(0)
    expect(out + err).not.toMatch(/SC4\d{3}/)
  })

  it('is named in the bundle, so that whoever reads that gets the same rules', () => {
    run('catalog', 'from-recording', 'shop.binpb', '--output', 'catalog.json')
    writeFileSync(join(folder, 'scale.json'), JSON.stringify({ rules: ['named.scale'], catalog: 'catalog.json' }))
    const compiled = run('compile', '-o', 'named.json')
    expect(compiled.code, compiled.out + compiled.err).toBe(0)
    expect(run('inspect', 'named.json').out).toContain('peers       postgresql (by the catalog: calls to them are counted)')
    expect(run('diff', 'named.json', 'named.scale')).toMatchObject({ code: 0, err: '' })
    expect(run('explain', '--rule', 'database-slow').out).toContain('Calls to postgresql, which sends no spans itself')
    const { code, out } = run('replay', 'shop.binpb', '--bundle', 'named.json')
    expect({ code, scaled: /statefulset\/postgresql.*1 → 2/.test(out) }).toEqual({ code: 0, scaled: true })
    rmSync(join(folder, 'scale.json'))
  })

  it('is what a rule of its own asks for more of, and its caller is left alone', () => {
    const { code, out, err } = run('replay', 'shop.binpb', '--rules', 'asked.scale')
    expect(code, out + err).toBe(0)
    expect(out).toMatch(/statefulset\/postgresql.*1 → 2/)
    expect(out).not.toMatch(/deployment\/orders.*1 → 2/)
  })

  it('is at fault, and not who waits for it', () => {
    const { code, out, err } = run('blame', 'shop.binpb', '--at', '+60s')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('postgresql/shop is at fault: it added 1')
    expect(out.replaceAll('\n', ' ')).toContain('All of that lies in the calls to it.')
    expect(out.replaceAll('\n', ' ')).toContain('its callers cannot tell whether it is slow or the way to it')
    expect(out).toMatch(/^orders +- +0%/m)
  })
})
