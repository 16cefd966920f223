/** Explanations as plain text for a terminal. */
import type { Bundle, TargetIR } from '../bundle/index.ts'
import type { ExplainOptions, RuleExplanation, Section } from './rule.ts'
import { explainAmong } from './rule.ts'
import { surroundingsOf } from './surroundings.ts'
import { targetSentences } from './target.ts'
import { wrapped } from './wrap.ts'

/** The targets' limits, once each, then every rule of the bundle in its order. */
export function explainText(bundle: Bundle, options: ExplainOptions = {}): string {
  const targets = bundle.targets.map((target) => [target.id, ...targetSentences(target).flatMap((line) => wrapped(line, '  - ', '    ')), ''].join('\n'))
  const rules = explainBundle(bundle, options).map(({ sections, ...rest }) => ruleText({ ...rest, sections: sections.filter(({ id }) => id !== 'target') }))
  return [...targets, ...rules].join('\n')
}

/** Every rule of the bundle, in its order. */
export function explainBundle(bundle: Bundle, options: ExplainOptions = {}): readonly RuleExplanation[] {
  const targets = new Map<string, TargetIR>(bundle.targets.map((target) => [target.id, target]))
  const around = surroundingsOf(bundle.rules)
  return bundle.rules.flatMap((rule) => {
    const target = targets.get(rule.target)
    return target === undefined ? [] : [explainAmong(rule, target, around, options)]
  })
}

export function ruleText(explanation: RuleExplanation): string {
  const { rule, source, doc, written, summary, sections } = explanation
  return [
    `${rule} (${source.file}:${source.line})`,
    ...(doc === undefined ? [] : doc.split('\n').flatMap((line) => wrapped(line, '  '))),
    ...wrapped(written, '  ', '    '),
    '',
    ...summary.flatMap((sentence) => wrapped(sentence, '  ')),
    ...sections.flatMap(sectionText),
    '',
  ].join('\n')
}

function sectionText({ title, lines }: Section): readonly string[] {
  return ['', `  ${title}`, ...lines.flatMap((line) => wrapped(line, '    - ', '      '))]
}
