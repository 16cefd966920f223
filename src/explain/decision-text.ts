/** An explained decision as plain text for a terminal. */
import type { DecisionExplanation, ExplainedRule, ExplainedStage } from './decision.ts'
import { evidenceLines } from './evidence-text.ts'
import { wrapped } from './wrap.ts'

export function decisionText(explanation: DecisionExplanation): string {
  const { id, time, target, outcome, reason, message, rules, stages, otherwise, blame } = explanation
  const width = Math.max(0, ...folded(stages).map(({ stage }) => stage.length))
  return [
    `${target}: ${outcome}${numbers(explanation)} [${reason}] at ${time.replace('T', ' ').replace(/(?:\.000)?Z$/, ' UTC')} (${id})`,
    ...wrapped(message, '  '),
    '',
    '  From spans to truth',
    ...rules.flatMap(ruleLines),
    ...(rules.length === 0 ? ['    no rule has been evaluated'] : []),
    '',
    '  From truth to a number',
    ...folded(stages).flatMap((stage) => stageLines(stage, width)),
    ...(stages.length === 0 ? ['    nothing was planned'] : []),
    '',
    ...(blame === undefined ? [] : ['  Why this service and not its caller', ...evidenceLines(blame), '']),
    '  What would have made it different',
    ...otherwise.flatMap((line) => wrapped(line, '    - ', '      ')),
    ...(otherwise.length === 0 ? ['    nothing that the record tells'] : []),
    '',
  ].join('\n')
}

function numbers({ outcome, from, to }: DecisionExplanation): string {
  if (from === undefined) return ''
  return outcome === 'scale' && to !== undefined ? ` ${from} → ${to}` : ` at ${from}`
}

function ruleLines({ rule, verdict, lines, truth, traceIds }: ExplainedRule): readonly string[] {
  return [
    ...wrapped(`${rule}: ${verdict}`, '    ', '      '),
    ...lines.flatMap(({ depth, text, numbers: shown, truth }) => {
      const indent = ' '.repeat(6 + 2 * Math.min(depth, 12))
      return wrapped(`${truth}: ${text}${shown === undefined ? '' : ` — ${shown}`}`, indent, `${indent}  `)
    }),
    ...(truth !== 'true' || traceIds.length === 0 ? [] : wrapped(`seen in ${traceIds.join(', ')}`, '      ', '        ')),
  ]
}

/** Without the stages that did nothing; the last says what came out. */
function folded(stages: readonly ExplainedStage[]): readonly ExplainedStage[] {
  return stages.filter(({ before, after, message }, i) => before !== after || message !== undefined || i === stages.length - 1)
}

function stageLines({ stage, before, after, message }: ExplainedStage, width: number): readonly string[] {
  const name = stage.padEnd(width)
  const number = before === after ? String(after) : `${before} → ${after}`
  return wrapped(`${number}${message === undefined ? '' : `  ${message}`}`, `    ${name}  `, ' '.repeat(width + 8))
}
