export { type HtmlOptions, pageHtml } from './html.ts'
export { type MarkdownOptions, pageMarkdown, ruleMarkdown } from './markdown.ts'
export { type Page, type PageOptions, pageOf } from './page.ts'
