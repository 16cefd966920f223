/** Rules of the editor in plain words, as Markdown. */
import { explainBundle, type RuleExplanation } from '../../src/explain/index.ts'
import type { Document } from '../contract.ts'
import { declarationAt } from '../tree.ts'
import type { ProjectState } from '../workspace/project.ts'
import { type Problem, runnable } from './runnable.ts'

/** The rule at the offset, or all of the document. */
export async function explain(
  state: ProjectState,
  document: Document,
  offset: number | undefined,
  version: string,
): Promise<{ readonly markdown: string } | Problem> {
  const ready = await runnable(state, version)
  if ('problem' in ready) return ready
  const now = state.project.documents.get(document.name) ?? document
  const at = offset === undefined ? undefined : declarationAt(now.parsed.tree, offset)
  const names = new Set(
    ready.bench.program.rules
      .filter((rule) => rule.file.source.name === now.name && (at === undefined || rule.tree.range.start === at.range.start))
      .map(({ name }) => name),
  )
  if (names.size === 0) return { problem: offset === undefined ? `there is no rule in ${now.name}` : 'there is no rule here' }
  const { catalog } = state.catalog
  const explained = explainBundle(ready.bundle, catalog === undefined ? {} : { catalog }).filter(({ rule }) => names.has(rule))
  return { markdown: explained.map(markdownOf).join('\n\n') }
}

function markdownOf({ rule, doc, written, summary, sections }: RuleExplanation): string {
  return [
    `## ${rule}`,
    ...(doc === undefined ? [] : [doc]),
    `\`\`\`scale\n${written}\n\`\`\``,
    summary.join(' '),
    ...sections.map(({ title, lines }) => `### ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}`),
  ].join('\n\n')
}
