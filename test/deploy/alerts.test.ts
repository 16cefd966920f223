/** deploy/alerts.yaml: on metrics that there are, and each alert by what makes it fire (promtool). */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { exposedMetrics } from './exposed.ts'

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}
const alerts = (parse(readFileSync('deploy/alerts.yaml', 'utf8')) as { groups: readonly { rules: readonly Alert[] }[] }).groups.flatMap(({ rules }) => rules)

describe('an alert', () => {
  const labelsOf = new Map(exposedMetrics().map(({ name, labelNames }) => [name, labelNames]))

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s asks for metrics and labels that scaled exposes', (_, { expr }) => {
    const asked = [...expr.matchAll(/\b(scale_\w+)(?:\{([^}]*)\})?/g)]
    expect(asked.length).toBeGreaterThan(0)
    for (const [, name = '', matchers = ''] of asked) {
      expect(labelsOf.has(name), name).toBe(true)
      for (const [, label = ''] of matchers.matchAll(/(\w+)[=!]/g)) expect(labelsOf.get(name)).toContain(label)
    }
  })

  it('says how severe it is, and what is the matter', () => {
    for (const { alert, labels, annotations } of alerts) {
      expect(['critical', 'warning', 'info'], alert).toContain(labels.severity)
      expect(
        [annotations.summary, annotations.description].every((text) => text.length > 10),
        alert,
      ).toBe(true)
    }
  })

  it('fires in a test of its own', () => {
    const tests = readFileSync('deploy/alerts.test.yaml', 'utf8')
    const fired = [...tests.matchAll(/alertname(?:="|: )(\w+)/g)].map(([, name]) => name)
    expect(fired.sort()).toEqual(alerts.map(({ alert }) => alert).sort())
  })
})

describe('promtool', () => {
  for (const [what, file] of [
    ['check', 'deploy/alerts.yaml'],
    ['test', 'deploy/alerts.test.yaml'],
  ] as const)
    it(`${what} rules ${file}`, (context) => {
      const { error, status, stdout, stderr } = spawnSync('promtool', [what, 'rules', file], { encoding: 'utf8' })
      if (error !== undefined) context.skip('there is no promtool here (Debian has it in the package prometheus)')
      expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')])
    })
})
