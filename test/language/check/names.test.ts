import { describe, expect, it } from 'vitest'
import { type Case, checkFiles, checkText, expectCase, notable } from './marked.ts'

const rule = 'scale deployment/ads +1 when span(ads/Get).p99 > slow'

const cases: Case[] = [
  {
    it: 'a misspelt name',
    source: 'let slow = 400ms\nlet calm = 2 * slow\nscale deployment/ads +1 when span(ads/Get).p99 > slow and span(ads/Put).p99 > «calmm»',
    says: 'SC2001 `calmm` is not defined: did you mean calm?',
    fixed: 'calm',
  },
  {
    it: 'a name that nothing is near',
    source: rule.replace('slow', '«slow»'),
    says: 'SC2001 `slow` is not defined',
    help: 'declare it: let slow = 400ms',
  },
  {
    it: 'a name defined twice',
    source: `let slow = 400ms\nlet «slow» = 500ms\n${rule}`,
    says: 'SC2002 `slow` is defined twice',
    help: 'rename one of the two',
  },
  {
    it: 'a cycle',
    source: `let «slow» = b + 1ms\nlet b = min(c, 1s)\nlet c = slow\n${rule}`,
    says: 'SC2003 `slow` is defined by itself: slow → b → c → slow',
    help: 'give one of them a value of its own',
  },
  {
    it: 'a name that is not a constant',
    source: `let slow = «span(ads/Get).p50»\n${rule}`,
    says: 'SC2105 this must be a constant',
    help: 'write a literal, a `let`, or arithmetic of these',
  },
  {
    it: 'an unused name',
    source: `let slow = 400ms\nlet «calm» = 100ms\n${rule}`,
    says: 'SC4006 `calm` is not used',
    help: 'delete it, or use it',
    whole: `let slow = 400ms\n\n${rule}`,
  },
  {
    it: 'a target declared twice',
    source: `target deployment/ads { between 1 and 4 }\ntarget «deployment/ads» { between 1 and 5 }`,
    says: 'SC2006 the target deployment/ads is declared twice',
    help: 'put all its clauses into one declaration',
  },
  {
    it: 'an unknown language',
    source: 'language «2»\nscale deployment/ads +1 when span(ads/Get).p99 > 1s',
    says: 'SC2007 language 2 is not known to this compiler, which reads language 1',
    help: 'write language 1, or use a newer compiler',
    fixed: '1',
  },
]

describe('names', () => {
  for (const given of cases) it(given.it, () => expectCase(given))

  it('may be used before they are declared', () => {
    const { diagnostics, program } = checkText(`${rule}\nlet slow = 2 * b\nlet b = 200ms`)
    expect(diagnostics.map((d) => d.code)).toEqual(['SC4001'])
    expect(program.rules[0]?.condition).toMatchObject({ right: { kind: 'constant', value: 400e6, type: 'duration' } })
  })

  it('have their error once, where they are declared', () => {
    const { diagnostics } = checkText(`let slow = 400ms + 3\n${rule}\nfreeze deployment/ads when span(ads/Get).p50 > slow for slow`)
    expect(diagnostics.map((d) => d.code)).toEqual(['SC2102', 'SC4001'])
  })

  it('of rules: the label, or workload, action and a counter among the like', () => {
    const text = [
      'defaults { namespace shop }',
      'scale deployment/ads +1 when span(ads/Get).p99 > 1s',
      'scale deployment/ads +50% when span(ads/Get).p99 > 2s',
      'scale deployment/ads +1 when span(ads/Get).p99 > 3s',
      'named: scale deployment/ads +1 when span(ads/Get).p99 > 4s',
      'scale nomad:web/api in x to at least 3 when during mon-fri',
      'freeze deployment/ads up when span(ads/Get).error_rate > 5%',
    ].join('\n')
    expect(checkText(text).program.rules.map((r) => r.name)).toEqual([
      'deployment/ads in shop +1 #1',
      'deployment/ads in shop +50% #1',
      'deployment/ads in shop +1 #2',
      'named',
      'nomad:web/api in x to at least 3 #1',
      'deployment/ads in shop freeze up #1',
    ])
  })
})

describe('imports', () => {
  const shared =
    'let slow = 400ms\ndefaults { namespace shop every 10s }\ntarget deployment/ads { between 2 and 8 }\nscale deployment/other +1 when span(o/p).p99 > 1s'

  it('bring names, targets and defaults, not rules', () => {
    const { diagnostics, program } = checkFiles({ 'main.scale': `import "shared.scale"\n${rule}`, 'shared.scale': shared }, ['main.scale'])
    expect(diagnostics).toEqual([])
    expect(program.rules).toMatchObject([{ target: 'deployment/ads in shop', everyNs: 10e9 }])
    expect(program.targets).toMatchObject([{ id: 'deployment/ads in shop', bounds: { min: 2, max: 8 }, boundsImplied: false }])
  })

  it('reach through other imports, once', () => {
    const files = { 'a.scale': `import "b.scale"\nimport "c.scale"\n${rule}`, 'b.scale': 'import "c.scale"', 'c.scale': shared }
    expect(checkFiles(files, ['a.scale']).diagnostics).toEqual([])
  })

  it("are outdone by the file's own defaults", () => {
    const files = { 'main.scale': `import "shared.scale"\ndefaults { every 1s }\n${rule}`, 'shared.scale': shared }
    expect(checkFiles(files, ['main.scale']).program.rules).toMatchObject([{ target: 'deployment/ads in shop', everyNs: 1e9 }])
  })

  it('that cannot be read are the only thing said', () => {
    const { diagnostics } = checkFiles({ 'main.scale': `import "gone.scale"\n${rule}` })
    expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([
      'SC2004 the import "gone.scale" cannot be read',
      'SC4001 deployment/ads has no bounds: 1 to 10 replicas are implied',
    ])
  })

  it('in a circle are shown as one', () => {
    const files = { 'a.scale': 'import "b.scale"', 'b.scale': 'import "c.scale"', 'c.scale': 'import "a.scale"' }
    expect(checkFiles(files).diagnostics.map((d) => `${d.file} ${d.message}`)).toEqual([
      'c.scale these files import each other: a.scale → b.scale → c.scale → a.scale',
    ])
  })

  it('of itself', () => {
    expect(checkFiles({ 'a.scale': 'import "a.scale"' }).diagnostics.map((d) => d.message)).toEqual(['these files import each other: a.scale → a.scale'])
  })

  it('of one name from two files', () => {
    const files = { 'a.scale': `import "b.scale"\nimport "c.scale"\n${rule}`, 'b.scale': 'let slow = 1s', 'c.scale': 'let slow = 2s' }
    expect(notable(checkFiles(files, ['a.scale'])).map((d) => [d.code, d.file, d.range.start])).toEqual([['SC2002', 'a.scale', 24]])
  })
})

describe('one mistake', () => {
  it('does not hide another', () => {
    const text = [
      'let calm = 100ms + 1/s',
      'a: scale deployment/ads +0 when span(ads/Get).p99 > 400 5 times in 7s cooldown 5',
      'b: scale deployment/ads +1 when span(ads/Get).avg > 400ms and span(ads/Get where kind == srver).p99 > calm',
      'target deployment/ads { between 5 and 1 stable 3 before down }',
    ].join('\n')
    expect(checkText(text).diagnostics.map((d) => d.code)).toEqual([
      ...['SC2102', 'SC3010', 'SC2101', 'SC3003', 'SC2103'],
      ...['SC2008', 'SC2011'],
      ...['SC3006', 'SC2103'],
    ])
  })

  it('in the syntax of one rule leaves the others checked, and its own parts alone', () => {
    const { diagnostics, program } = checkText(`a: scale deployment/ads +0 when\nb: ${rule}\nlet slow = 1s\ntest "t" { expect a fires }`)
    expect(diagnostics.map((d) => d.code).filter((code) => !code.startsWith('SC1'))).toEqual(['SC4001'])
    expect(program.rules.map((r) => r.name)).toEqual(['b'])
  })
})
