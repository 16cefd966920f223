/** Statements of test blocks. */
import type { CstNode, IToken } from 'chevrotain'
import type { TestStatement } from '../../tree.ts'
import { ruleExpected } from '../messages.ts'
import type { Build } from './context.ts'
import { child, complain, from, isDefined, maybeChild, maybeToken, meaning, nodes, range, to, token, tokens } from './context.ts'
import { atomOf } from './formula.ts'
import { numberOf, ratioOf, textOf } from './literals.ts'
import { selectorIn } from './selector.ts'
import { bareNameOf, workloadOf } from './workload.ts'

export function statementsOf(b: Build, cst: CstNode): TestStatement[] {
  return nodes(cst, 'statement')
    .map((statement) => statementOf(b, statement))
    .filter(isDefined)
}

function statementOf(b: Build, cst: CstNode): TestStatement | undefined {
  const load = maybeChild(cst, 'loadStatement')
  if (load !== undefined) return loadOf(b, load)
  const start = token(cst, 'keyword')
  const atoms = nodes(cst, 'atom').map((atom) => atomOf(b, atom))
  const word = meaning(start)
  switch (word) {
    case 'given': {
      if (maybeToken(cst, 'ready') !== undefined) return atoms[0] && { kind: 'givenReady', after: atoms[0], range: from(start, atoms[0].range) }
      const replicas = numberOf(token(cst, 'Number'))
      return { kind: 'given', workload: workloadOf(b, child(cst, 'workload')), replicas, range: from(start, replicas.range) }
    }
    case 'replay': {
      const path = textOf(token(cst, 'Text'))
      return { kind: 'replay', path, range: from(start, path.range) }
    }
    case 'pause':
      return atoms[0] && atoms[1] && { kind: 'pause', from: atoms[0], to: atoms[1], range: from(start, atoms[1].range) }
    default: {
      const action = maybeChild(cst, 'expectAction')
      return action === undefined ? subjectOf(b, start, child(cst, 'expectSubject')) : actionOf(b, start, action)
    }
  }
}

function loadOf(b: Build, cst: CstNode): TestStatement | undefined {
  const part = (key: string) => atomOf(b, child(cst, key))
  const ratio = (key: string) => {
    const found = maybeToken(cst, key)
    return found === undefined ? undefined : ratioOf(found)
  }
  const rate = part('rate')
  const taking = part('duration')
  const start = part('start')
  const end = part('end')
  if (rate === undefined || taking === undefined || start === undefined || end === undefined) return undefined
  return {
    kind: 'load',
    selector: selectorIn(b, cst, 'selector'),
    rate,
    taking,
    jitter: ratio('jitter'),
    failing: ratio('failures'),
    under: maybeToken(cst, 'under') === undefined ? undefined : selectorIn(b, cst, 'ancestor'),
    from: start,
    to: end,
    range: from(token(cst, 'load'), end.range),
  }
}

function actionOf(b: Build, start: IToken, cst: CstNode): TestStatement | undefined {
  const times = nodes(cst, 'atom').map((atom) => atomOf(b, atom))
  const workloadCst = maybeChild(cst, 'workload')
  const workload = workloadCst === undefined ? undefined : workloadOf(b, workloadCst)
  const no = maybeToken(cst, 'no') !== undefined
  const [first, second] = times
  if (times.includes(undefined)) return undefined
  if (first === undefined) {
    const whole = workload === undefined ? range(start, token(cst, 'action')) : from(start, workload.range)
    return { kind: 'expectAction', no, workload, when: undefined, range: whole }
  }
  if (second !== undefined) return { kind: 'expectAction', no, workload, when: { kind: 'between', from: first, to: second }, range: from(start, second.range) }
  const kind = maybeToken(cst, 'before') === undefined ? 'after' : 'before'
  return { kind: 'expectAction', no, workload, when: { kind, time: first }, range: from(start, first.range) }
}

function subjectOf(b: Build, start: IToken, cst: CstNode): TestStatement | undefined {
  const subject = child(cst, 'workload')
  const numbers = tokens(cst, 'Number').map(numberOf)
  const atomCst = maybeChild(cst, 'atom')
  const atom = atomCst === undefined ? undefined : atomOf(b, atomCst)
  const fires = maybeToken(cst, 'fires')
  const unknown = maybeToken(cst, 'unknown')
  const [first, second] = numbers
  if (fires !== undefined || unknown !== undefined) {
    const rule = bareNameOf(subject)
    if (rule === undefined) return complain(b, ruleExpected, workloadOf(b, subject).range, { word: fires === undefined ? 'unknown' : 'fires' })
    if (unknown !== undefined) return atom && { kind: 'expectUnknown', rule, at: atom, range: from(start, atom.range) }
    return { kind: 'expectFires', rule, times: first, atMost: maybeToken(cst, 'most') !== undefined, range: range(start, maybeToken(cst, 'times') ?? fires) }
  }
  const workload = workloadOf(b, subject)
  const throughout = maybeToken(cst, 'throughout')
  if (throughout !== undefined) return first && second && { kind: 'expectBounds', workload, min: first, max: second, range: to(range(start), throughout) }
  return first && atom && { kind: 'expectReplicas', workload, replicas: first, by: atom, range: from(start, atom.range) }
}
