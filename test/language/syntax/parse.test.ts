import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/language/index.ts'
import { condition, only, shape, treeOf } from './support.ts'

const word = (text: string, quoted = false) => ({ text, quoted })
const number = (value: number) => ({ kind: 'number', value })
const duration = (value: number) => ({ kind: 'duration', value: value * 1e9 })
const name = (text: string) => ({ kind: 'name', name: word(text) })

describe('the one-line program', () => {
  it('is a rule', () => {
    expect(shape(only('scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s'))).toEqual({
      kind: 'rule',
      broken: false,
      workload: { workloadKind: word('deployment'), name: word('adservice') },
      action: { kind: 'change', sign: 1, amount: number(2) },
      condition: {
        kind: 'times',
        inner: {
          kind: 'compare',
          left: { kind: 'span', selector: { service: word('adservice'), operation: word('GetAds') }, path: [{ name: word('p99') }] },
          operator: '>',
          right: duration(0.4),
        },
        count: number(5),
        window: duration(60),
      },
      clauses: [],
    })
  })

  it('knows where everything stands', () => {
    const text = '  // first\n/// doc\nslow: scale deployment/x -10% when (span(a/b).self.p99 over 2m) > 3 * slow every 5s'
    const { tree } = parse({ name: 'x', text })
    const [rule] = tree.declarations
    if (rule?.kind !== 'rule' || rule.condition?.kind !== 'compare') throw new Error('a rule with a comparison')
    const at = ({ range }: { readonly range: { readonly start: number; readonly end: number } }) => text.slice(range.start, range.end)
    expect(at(rule)).toBe(text.slice(text.indexOf('slow:')))
    expect(rule.label && at(rule.label)).toBe('slow')
    expect(rule.workload && at(rule.workload)).toBe('deployment/x')
    expect(rule.action && at(rule.action)).toBe('-10%')
    expect(at(rule.condition.left)).toBe('(span(a/b).self.p99 over 2m)')
    expect(at(rule.condition.right)).toBe('3 * slow')
    expect(rule.clauses.map(at)).toEqual(['every 5s'])
    expect(tree.comments.map(at)).toEqual(['// first', '/// doc'])
    if (rule.condition.left.kind !== 'parenthesis' || rule.condition.left.inner.kind !== 'over') throw new Error('a window in parentheses')
    const { value } = rule.condition.left.inner
    expect(value.kind === 'span' && value.path.map(at)).toEqual(['self', 'p99'])
  })
})

describe('declarations', () => {
  it('language, import, let, defaults and target', () => {
    const tree = treeOf('language 1 import "a b.scale" let slow = 400ms defaults { namespace shop every 5s } target nomad:web/api { mode out-only }')
    expect(tree.language?.value).toBe(1)
    expect(tree.declarations.map(shape)).toEqual([
      { kind: 'import', path: { kind: 'text', value: 'a b.scale' }, broken: false },
      { kind: 'let', name: word('slow'), value: duration(0.4), broken: false },
      {
        kind: 'defaults',
        clauses: [
          { kind: 'namespace', name: word('shop') },
          { kind: 'every', duration: duration(5) },
        ],
        broken: false,
      },
      {
        kind: 'target',
        workload: { orchestrator: word('nomad'), workloadKind: word('web'), name: word('api') },
        clauses: [{ kind: 'mode', mode: word('out-only') }],
        broken: false,
      },
    ])
  })

  it('documentation belongs to the declaration behind it', () => {
    const tree = treeOf('/// one\n///  two\n// not this\nlet a = 1 // nor this\n/// three\nlet b = 2\nlet c = 3')
    expect(tree.declarations.map(({ doc }) => doc)).toEqual(['one\n two', 'three', undefined])
  })

  it.each([
    ['deployment/x', { workloadKind: word('deployment'), name: word('x') }],
    ['statefulset/db in shop', { workloadKind: word('statefulset'), name: word('db'), namespace: word('shop') }],
    ['rollouts.argoproj.io/web', { workloadKind: word('rollouts.argoproj.io'), name: word('web') }],
    ['process:worker', { orchestrator: word('process'), name: word('worker') }],
    ['swarm:service/"my api"', { orchestrator: word('swarm'), workloadKind: word('service'), name: word('my api', true) }],
    ['deployment/3scale', { workloadKind: word('deployment'), name: word('3scale') }],
  ])('workload %s', (text, workload) => {
    expect(shape(only(`target ${text} { }`))).toMatchObject({ workload })
  })

  it.each([
    ['+2', { kind: 'change', sign: 1, amount: number(2) }],
    ['-10%', { kind: 'change', sign: -1, amount: { kind: 'ratio', value: 0.1 } }],
    ['to 3', { kind: 'set', bound: 'exactly', replicas: number(3) }],
    ['to at least 3', { kind: 'set', bound: 'at least', replicas: number(3) }],
    ['to at most 3', { kind: 'set', bound: 'at most', replicas: number(3) }],
    ['to hold a at 50/s per replica', { kind: 'hold', value: name('a'), at: { kind: 'rate', value: 50 }, perReplica: true }],
    ['to hold a at 50/s', { kind: 'hold', value: name('a'), at: { kind: 'rate', value: 50 }, perReplica: false }],
  ])('action %s', (text, action) => {
    expect(shape(only(`scale deployment/x ${text} when a > b`))).toMatchObject({ action })
  })

  it.each(['', ' per replica', ' every 10s', ' per replica at least 50 spans'])('a hold needs no condition: at 50/s%s', (text) => {
    expect(only(`scale deployment/x to hold a at 50/s${text}`)).toMatchObject({ kind: 'rule', action: { kind: 'hold' }, condition: undefined, broken: false })
  })

  it.each([
    ['', undefined],
    ['up', 'up'],
    ['down', 'down'],
  ])('freeze %s', (text, direction) => {
    expect(only(`f: freeze deployment/x ${text} when a > b`)).toMatchObject({ kind: 'freeze', direction })
  })

  it('clauses', () => {
    const clauses = [
      'every 5s cooldown slow namespace shop at least 50 spans on missing hold on missing floor 3 after 5m priority 2 between 1 and 9 observe',
      'up at most +4 per 60s down at most 10% per (2 * slow) stable 5m before down settle within 2m mode act combine sum',
    ]
    const target = only(`target deployment/x { ${clauses.join(' ')} }`)
    expect(target.kind === 'target' && target.clauses.map(({ kind }) => kind)).toEqual([
      ...['every', 'cooldown', 'namespace', 'atLeastSpans', 'onMissing', 'onMissing', 'priority', 'between', 'observe'],
      ...['atMost', 'atMost', 'stable', 'settle', 'mode', 'combine'],
    ])
    expect(shape(target)).toMatchObject({
      clauses: expect.arrayContaining([
        { kind: 'onMissing', answer: { floor: number(3), after: duration(300) } },
        { kind: 'atMost', direction: 'up', sign: 1, amount: number(4), per: duration(60) },
        { kind: 'stable', duration: duration(300), before: 'down' },
      ]),
    })
  })

  it('tests', () => {
    const statements = [
      'given ready/x at 3 given ready after 5s replay "f.gz" pause 5s to 10s',
      'load span(a/b) at 20/s taking 1s ± 10% failing 5% under span(c/d) from 0s to 2m',
      'expect no action expect action on scale/x between 5s and 10s expect no action before 5s expect action after t',
      'expect deployment/x at 4 by 65s expect process:x between 1 and 3 throughout',
      'expect scale fires expect no fires at most 3 times expect action fires 2 times expect slow unknown at 5s',
    ]
    const test = only(`test "x" { ${statements.join('\n')} }`)
    expect(shape(test.kind === 'test' && test.statements)).toEqual([
      { kind: 'given', workload: { workloadKind: word('ready'), name: word('x') }, replicas: number(3) },
      { kind: 'givenReady', after: duration(5) },
      { kind: 'replay', path: { kind: 'text', value: 'f.gz' } },
      { kind: 'pause', from: duration(5), to: duration(10) },
      {
        kind: 'load',
        selector: { service: word('a'), operation: word('b') },
        rate: { kind: 'rate', value: 20 },
        taking: duration(1),
        jitter: { kind: 'ratio', value: 0.1 },
        failing: { kind: 'ratio', value: 0.05 },
        under: { service: word('c'), operation: word('d') },
        from: duration(0),
        to: duration(120),
      },
      { kind: 'expectAction', no: true },
      {
        kind: 'expectAction',
        no: false,
        workload: { workloadKind: word('scale'), name: word('x') },
        when: { kind: 'between', from: duration(5), to: duration(10) },
      },
      { kind: 'expectAction', no: true, when: { kind: 'before', time: duration(5) } },
      { kind: 'expectAction', no: false, when: { kind: 'after', time: name('t') } },
      { kind: 'expectReplicas', workload: { workloadKind: word('deployment'), name: word('x') }, replicas: number(4), by: duration(65) },
      { kind: 'expectBounds', workload: { orchestrator: word('process'), name: word('x') }, min: number(1), max: number(3) },
      { kind: 'expectFires', rule: word('scale'), atMost: false },
      { kind: 'expectFires', rule: word('no'), times: number(3), atMost: true },
      { kind: 'expectFires', rule: word('action'), times: number(2), atMost: false },
      { kind: 'expectUnknown', rule: word('slow'), at: duration(5) },
    ])
  })
})

describe('selectors', () => {
  const selector = (text: string) => (condition(`span(${text}).p99 > 1s`) as { left: { selector: unknown } }).left.selector

  it.each([
    ['adservice', { service: word('adservice') }],
    ['adservice/hipstershop.AdService/GetAds', { service: word('adservice'), operation: word('hipstershop.AdService/GetAds') }],
    ['frontend/"GET /cart"', { service: word('frontend'), operation: word('GET /cart', true) }],
    ['front*/oper*', { service: word('front*'), operation: word('oper*') }],
    ['*/hipstershop.*/Get*Ads-*', { service: word('*'), operation: word('hipstershop.*/Get*Ads-*') }],
    ['*-canary', { service: word('*-canary') }],
    ['3scale/500', { service: word('3scale'), operation: word('500') }],
    ['scale/where', { service: word('scale'), operation: word('where') }],
    [
      'a/oper* where depth == 1',
      { service: word('a'), operation: word('oper*'), where: { kind: 'compare', field: word('depth'), operator: '==', value: number(1) } },
    ],
    [
      'a under b child of c*',
      {
        service: word('a'),
        ancestor: { relation: 'under', selector: { service: word('b'), ancestor: { relation: 'child of', selector: { service: word('c*') } } } },
      },
    ],
  ])('span(%s)', (text, expected) => {
    expect(selector(text)).toEqual(expected)
  })

  it('where binds `not` tighter than `and`, and `and` tighter than `or`', () => {
    const c = (text: string) => ({ kind: 'has', field: word(text) })
    expect(selector('a where has a or not has b and has c and (has d or has e)')).toMatchObject({
      where: {
        kind: 'or',
        left: c('a'),
        right: {
          kind: 'and',
          left: { kind: 'and', left: { kind: 'not', inner: c('b') }, right: c('c') },
          right: { kind: 'parenthesis', inner: { kind: 'or', left: c('d'), right: c('e') } },
        },
      },
    })
  })

  it.each([
    ['http.response.status_code >= 500', { kind: 'compare', field: word('http.response.status_code'), operator: '>=', value: number(500) }],
    ['kind == client', { kind: 'compare', field: word('kind'), operator: '==', value: name('client') }],
    ['offset > -5', { kind: 'compare', field: word('offset'), operator: '>', value: number(-5) }],
    ['ok == true', { kind: 'compare', field: word('ok'), operator: '==', value: { kind: 'boolean', value: true } }],
    ['name matches "Get*"', { kind: 'matches', field: word('name'), pattern: { kind: 'text', value: 'Get*' } }],
    ['rpc.method in ("a", 2)', { kind: 'in', field: word('rpc.method'), values: [{ kind: 'text', value: 'a' }, number(2)] }],
    ['has == 3', { kind: 'compare', field: word('has'), operator: '==', value: number(3) }],
    ['"odd field" != 3', { kind: 'compare', field: word('odd field', true), operator: '!=', value: number(3) }],
    ['every < 2', { kind: 'compare', field: word('every'), operator: '<', value: number(2) }],
  ])('where %s', (text, where) => {
    expect(selector(`a where ${text}`)).toMatchObject({ where })
  })
})

describe('conditions', () => {
  const compare = (left: string, operator: string, right: string) => ({ kind: 'compare', left: name(left), operator, right: name(right) })

  it('precedence', () => {
    expect(condition('not a > b for 5m and c < d 3 times in 60s or e == f')).toEqual({
      kind: 'or',
      left: {
        kind: 'and',
        left: { kind: 'not', inner: { kind: 'for', inner: compare('a', '>', 'b'), duration: duration(300) } },
        right: { kind: 'times', inner: compare('c', '<', 'd'), count: number(3), window: duration(60) },
      },
      right: compare('e', '==', 'f'),
    })
    expect(condition('a + b * c over 2m - d > e')).toEqual({
      kind: 'compare',
      operator: '>',
      left: {
        kind: 'binary',
        operator: '-',
        left: {
          kind: 'binary',
          operator: '+',
          left: name('a'),
          right: { kind: 'binary', operator: '*', left: name('b'), right: { kind: 'over', value: name('c'), window: duration(120) } },
        },
        right: name('d'),
      },
      right: name('e'),
    })
  })

  it('parentheses hold conditions and values alike', () => {
    expect(condition('(a + b) > c and (a > b and c > d) for 5m')).toMatchObject({
      kind: 'and',
      left: { left: { kind: 'parenthesis', inner: { kind: 'binary' } } },
      right: { kind: 'for', inner: { kind: 'parenthesis', inner: { kind: 'and' } } },
    })
  })

  it('a minus between names needs spaces, a star between values does not', () => {
    expect(condition('a-b > c')).toEqual({ kind: 'compare', left: name('a-b'), operator: '>', right: name('c') })
    expect(condition('a - b > c')).toMatchObject({ left: { kind: 'binary', operator: '-' } })
    expect(condition('span(a/b).p99*2 > 3*c')).toMatchObject({ left: { operator: '*', right: number(2) }, right: { operator: '*', left: number(3) } })
    expect(condition('(a/b*c) > 1')).toMatchObject({ left: { inner: { operator: '*', left: { operator: '/' } } } })
  })

  it('functions', () => {
    expect(condition('max(span(a).quantile(99.5%), min(b, c)) >= forecast(metric("up", unit 1ms), in 5m)')).toMatchObject({
      left: {
        kind: 'call',
        function: 'max',
        arguments: [
          { kind: 'span', path: [{ name: word('quantile'), arguments: [{ kind: 'ratio', value: 0.995 }] }] },
          { kind: 'call', function: 'min' },
        ],
      },
      right: { kind: 'forecast', value: { kind: 'metric', query: { value: 'up' }, unit: duration(0.001) }, ahead: duration(300) },
    })
    expect(condition('replicas(deployment/x) > ready(nomad:web/api)')).toMatchObject({
      left: { kind: 'workloadValue', function: 'replicas' },
      right: { kind: 'workloadValue', function: 'ready', workload: { orchestrator: word('nomad') } },
    })
  })

  it('absent', () => {
    expect(condition('absent(span(a/b*)) for 5m')).toEqual({ kind: 'absent', selector: { service: word('a'), operation: word('b*') }, duration: duration(300) })
  })

  it.each([
    ['during mon-fri 08:00-18:00 in "Europe/Paris"', { days: [1, 2, 3, 4, 5], from: { value: 480 }, to: { value: 1080 }, zone: { value: 'Europe/Paris' } }],
    ['during fri - mon', { days: [0, 1, 5, 6] }],
    ['during mon, wed-thu', { days: [1, 3, 4] }],
    ['during 22:00-06:00', { days: [], from: { value: 1320 }, to: { value: 360 } }],
    ['during sun 00:00-24:00', { days: [0], to: { value: 1440 } }],
  ])('%s', (text, expected) => {
    expect(condition(text)).toMatchObject({ kind: 'during', ...expected })
  })
})

describe('keywords', () => {
  it('are names wherever a name can stand', () => {
    const text = `
      every: scale scale/scale in scale +2 when span(scale/where where every == 3 and count in (1, "b")).p99 > every
      scale: freeze deployment/test in freeze down when span(span/let under target/let child of test).count > scale for every
      let every = scale
      deployment: scale deployment/x to 3 when a > b every scale
      process: scale process:worker to 3 when during mon every scale
      nomad: freeze nomad:x when span > min
      target defaults/defaults in defaults { namespace target mode import combine import }`
    expect(treeOf(text).declarations.map((d) => ('label' in d ? d.label?.text : d.kind))).toEqual([
      'every',
      'scale',
      'let',
      'deployment',
      'process',
      'nomad',
      'target',
    ])
  })
})
