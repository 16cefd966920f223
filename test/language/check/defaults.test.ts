import { describe, expect, it } from 'vitest'
import { checkText } from './marked.ts'

const rule = 'r: scale deployment/a -1 when span(a).p99 < 100ms'

describe('defaults', () => {
  it('without a word: slowly down, freely up', () => {
    const { program } = checkText(rule)
    expect(program.targets).toEqual([
      {
        id: 'deployment/a',
        workload: { kind: 'deployment', name: 'a' },
        bounds: { min: 1, max: 10 },
        boundsImplied: true,
        up: { stableNs: 0, limits: [] },
        down: {
          stableNs: 300e9,
          limits: [
            { amount: 1, unit: 'replicas', perNs: 60e9 },
            { amount: 0.1, unit: 'ratio', perNs: 60e9 },
          ],
        },
        cooldownNs: 0,
        settleNs: 120e9,
        mode: 'act',
        combine: 'largest',
      },
    ])
    expect(program.rules[0]).toMatchObject({ everyNs: 5e9, cooldownNs: 0, atLeastSpans: 0, onMissing: { kind: 'hold' }, priority: 0, observe: false })
  })

  const all = `defaults {
    namespace shop every 10s cooldown 2m at least 20 spans on missing floor 2 after 5m priority 3 between 2 and 8 observe
    up at most +2 per 60s stable 1m before up stable 3m before down settle within 30s mode observe combine sum
  }`

  it('of the file hold for rules, and for targets whether declared or not', () => {
    const { diagnostics, program } = checkText(`${all}\n${rule}\ntarget deployment/b { between 1 and 3 }`)
    expect(diagnostics).toEqual([])
    const target = {
      cooldownNs: 120e9,
      settleNs: 30e9,
      mode: 'observe',
      combine: 'sum',
      up: { stableNs: 60e9, limits: [{ amount: 2 }] },
      down: { stableNs: 180e9 },
    }
    expect(program.targets).toMatchObject([
      { id: 'deployment/a in shop', bounds: { min: 2, max: 8 }, boundsImplied: false, ...target },
      { id: 'deployment/b in shop', bounds: { min: 1, max: 3 }, boundsImplied: false, ...target },
    ])
    expect(program.rules[0]).toMatchObject({
      everyNs: 10e9,
      atLeastSpans: 20,
      onMissing: { kind: 'floor', replicas: 2, afterNs: 300e9 },
      priority: 3,
      observe: true,
    })
  })

  it('that rules and targets have in common are the targets’', () => {
    expect(checkText(`${all}\n${rule}`).program.rules[0]).toMatchObject({ cooldownNs: 0, between: undefined })
  })

  it('give way to what a declaration says itself', () => {
    const { program } = checkText(`${all}\n${rule} every 5s priority 0 on missing hold\ntarget deployment/a in shop { up at most 50% per 30s mode act }`)
    expect(program.rules[0]).toMatchObject({ everyNs: 5e9, priority: 0, onMissing: { kind: 'hold' } })
    expect(program.targets).toMatchObject([{ mode: 'act', up: { stableNs: 60e9, limits: [{ amount: 0.5, unit: 'ratio', perNs: 30e9 }] } }])
  })

  it('make a hasty rule patient', () => {
    expect(checkText(rule).diagnostics.map((d) => d.code)).toEqual(['SC4001', 'SC4002'])
    expect(checkText(`defaults { between 1 and 5 stable 5m before down }\n${rule}`).diagnostics).toEqual([])
  })

  it('of patience: more than one step of evidence, on every way to be true', () => {
    const patient = ['for 10m', '5 times in 60s', 'for 10m and during mon-fri']
    const hasty = ['1 times in 60s', 'or span(b).p99 < 100ms for 10m', 'and during mon-fri']
    const codes = (behind: string): string[] => checkText(`defaults { between 1 and 5 }\n${rule} ${behind}`).diagnostics.map((d) => d.code)
    for (const behind of patient) expect(codes(behind), behind).toEqual([])
    for (const behind of hasty) expect(codes(behind), behind).toEqual(['SC4002'])
  })
})
