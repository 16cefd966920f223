/** A page as Markdown. */
import type { RuleExplanation, Section } from '../rule.ts'
import type { Hold } from './holds.ts'
import type { Page, PageTarget } from './page.ts'

export interface MarkdownOptions {
  /** Where the sources are: the beginning of a link, before the file's name; relative to the page without it. */
  readonly sourceUrl?: string
}

export function pageMarkdown(page: Page, { sourceUrl = '' }: MarkdownOptions = {}): string {
  const { title, digest, sources, targets, common } = page
  const lines = [
    `# ${escaped(title)}`,
    '',
    `${sources.map(({ name }) => `[${escaped(name)}](${link(sourceUrl, name)})`).join(', ')}; bundle \`${digest}\``,
    '',
    '| workload | replicas | rules |',
    '| --- | --- | --- |',
    ...targets.map(
      ({ id, bounds, rules }) =>
        `| ${cell(id)} | ${bounds} | ${rules.map(({ explanation, brief }) => `${cell(explanation.rule)} ${cell(brief)}`).join('<br>')} |`,
    ),
    '',
    ...targets.flatMap((target) => targetLines(target, sourceUrl)),
    '## Of every workload',
    '',
    ...holdLines(common),
    'Why a decision is what it is: `scalec explain --decision ID decisions.jsonl`, or `--last`.',
    '',
  ]
  return lines.join('\n')
}

/** One rule alone, as hovers show it: summary, words and the facts of each section. */
export function ruleMarkdown(explanation: RuleExplanation, { sourceUrl = '' }: MarkdownOptions = {}): string {
  return ruleLines(explanation, sourceUrl).join('\n')
}

function targetLines({ id, limits, rules, holds }: PageTarget, sourceUrl: string): readonly string[] {
  return [
    `## ${escaped(id)}`,
    '',
    ...limits.map((line) => `- ${escaped(line)}`),
    '',
    ...rules.flatMap(({ explanation }) => ruleLines(explanation, sourceUrl)),
    ...(holds.length === 0 ? [] : [`### When ${escaped(id)} holds`, '', ...holdLines(holds)]),
  ]
}

function ruleLines({ rule, source, doc, written, summary, sections }: RuleExplanation, sourceUrl: string): readonly string[] {
  return [
    `### ${escaped(rule)}`,
    '',
    ...(doc === undefined ? [] : [...doc.split('\n').map((line) => `> ${escaped(line)}`), '']),
    ...summary.map(escaped),
    '',
    ...fenced(written),
    '',
    `[${escaped(source.file)}:${source.line}](${link(sourceUrl, source.file)}#L${source.line})`,
    '',
    ...sections.flatMap(sectionLines),
  ]
}

function sectionLines({ title, lines }: Section): readonly string[] {
  return [`**${escaped(title)}**`, '', ...lines.map((line) => `- ${escaped(line)}`), '']
}

function holdLines(holds: readonly Hold[]): readonly string[] {
  return ['| reason | what it means |', '| --- | --- |', ...holds.map(({ reason, meaning }) => `| \`${reason}\` | ${cell(meaning)} |`), '']
}

/** A fence that is longer than any in the text. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}scale`, text, fence]
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
}

function cell(text: string): string {
  return escaped(text).replaceAll('\n', ' ')
}

function link(url: string, file: string): string {
  return `${url}${file.split('/').map(encodeURIComponent).join('/')}`.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))
}
