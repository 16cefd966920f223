/** A page as one HTML file: nothing is fetched, it follows the reader's colours and prints well. */
import type { RuleExplanation, Section } from '../rule.ts'
import type { Hold } from './holds.ts'
import type { Page, PageTarget } from './page.ts'
import { anchorOf } from './page.ts'
import { style } from './style.ts'

export interface HtmlOptions {
  /** Where the sources are: the beginning of a link, before the file's name. Without it the sources are at the page's end. */
  readonly sourceUrl?: string
}

/** Where a file's line is, as a link. */
type LinkTo = (file: string, line: number) => string

export function pageHtml(page: Page, { sourceUrl }: HtmlOptions = {}): string {
  const { title, digest, sources, targets, common } = page
  const used = new Set<string>()
  const fileAnchors = new Map(sources.map(({ name }) => [name, anchorOf('source', name, used)]))
  const ids = new Map(targets.map((target) => [target, anchorOf('target', target.id, used)]))
  const ruleIds = new Map(targets.flatMap(({ rules }) => rules.map(({ explanation }) => [explanation.rule, anchorOf('rule', explanation.rule, used)] as const)))
  const linkTo: LinkTo = (file, line) =>
    sourceUrl === undefined ? `#${fileAnchors.get(file) ?? ''}-${line}` : `${sourceUrl}${file.split('/').map(encodeURIComponent).join('/')}#L${line}`
  const ruleId = (rule: string): string => ruleIds.get(rule) ?? ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>${style}</style>
</head>
<body>
<nav aria-label="Rules">
<p class="title">${text(title)}</p>
${targets.map((target) => `<a class="target" href="#${ids.get(target)}">${text(target.id)}</a>\n${target.rules.map(({ explanation: { rule } }) => `<a href="#${ruleId(rule)}">${text(rule)}</a>`).join('\n')}`).join('\n')}
<a class="target" href="#every">Of every workload</a>
</nav>
<main>
<header>
<h1>${text(title)}</h1>
<p class="quiet">${sources.map(({ name }) => text(name)).join(', ')} <code class="digest">${text(digest)}</code></p>
</header>
<div class="wide"><table>
<thead><tr><th>workload</th><th>replicas</th><th>rules</th></tr></thead>
<tbody>
${targets.map((target) => `<tr><td><a href="#${ids.get(target)}">${text(target.id)}</a></td><td>${text(target.bounds)}</td><td>${target.rules.map(({ explanation: { rule }, brief }) => `<a href="#${ruleId(rule)}">${text(rule)}</a> ${text(brief)}`).join('<br>')}</td></tr>`).join('\n')}
</tbody>
</table></div>
${targets.map((target) => targetHtml(target, ids.get(target) ?? '', ruleId, linkTo)).join('\n')}
<section id="every">
<h2>Of every workload</h2>
${holdsHtml(common)}
<p>Why a decision is what it is: <code>scalec explain --decision ID decisions.jsonl</code>, or <code>--last</code>.</p>
</section>
${sourceUrl === undefined ? sources.map(({ name, text: content }) => sourceHtml(name, content, fileAnchors.get(name) ?? '')).join('\n') : ''}
</main>
<script>
// A closed part opens when somebody follows a link into it, and for printing.
const open = () => { const at = document.getElementById(decodeURIComponent(location.hash.slice(1))); at?.closest('details')?.setAttribute('open', ''); at?.scrollIntoView() }
addEventListener('hashchange', open); addEventListener('load', open)
addEventListener('beforeprint', () => { for (const part of document.querySelectorAll('article details')) part.open = true })
</script>
</body>
</html>
`
}

function targetHtml({ id, limits, rules, holds }: PageTarget, anchor: string, ruleId: (rule: string) => string, linkTo: LinkTo): string {
  return `<section id="${anchor}">
<h2>${text(id)}</h2>
<ul>${limits.map((line) => `<li>${text(line)}</li>`).join('\n')}</ul>
${rules.map(({ explanation }) => ruleHtml(explanation, ruleId(explanation.rule), linkTo)).join('\n')}
${holds.length === 0 ? '' : `<h3>When it holds</h3>\n${holdsHtml(holds)}`}
</section>`
}

function ruleHtml({ rule, source, doc, written, summary, sections }: RuleExplanation, anchor: string, linkTo: LinkTo): string {
  return `<article id="${anchor}">
<h3>${text(rule)} <a class="source" href="${text(linkTo(source.file, source.line))}">${text(source.file)}:${source.line}</a></h3>
${doc === undefined ? '' : `<p class="doc">${text(doc).replaceAll('\n', '<br>')}</p>`}
${summary.map((sentence) => `<p>${text(sentence)}</p>`).join('\n')}
<pre><code>${text(written)}</code></pre>
<details>
<summary>What it counts, when it is unknown, how soon it answers</summary>
${sections.map(sectionHtml).join('\n')}
</details>
</article>`
}

function sectionHtml({ title, lines }: Section): string {
  return `<h4>${text(title)}</h4>\n<ul>${lines.map((line) => `<li>${text(line)}</li>`).join('\n')}</ul>`
}

function holdsHtml(holds: readonly Hold[]): string {
  return `<div class="wide"><table>
<thead><tr><th>reason</th><th>what it means</th></tr></thead>
<tbody>
${holds.map(({ reason, meaning }) => `<tr><td><code>${text(reason)}</code></td><td>${text(meaning)}</td></tr>`).join('\n')}
</tbody>
</table></div>`
}

function sourceHtml(name: string, content: string, anchor: string): string {
  const lines = content.replace(/\n$/, '').split('\n')
  return `<section id="${anchor}">
<details class="listing">
<summary>${text(name)}</summary>
<pre>${lines.map((line, i) => `<span class="line" id="${anchor}-${i + 1}"><a href="#${anchor}-${i + 1}">${i + 1}</a>${text(line)}</span>`).join('\n')}</pre>
</details>
</section>`
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
