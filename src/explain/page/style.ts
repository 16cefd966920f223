/** The page's style: system fonts, the reader's colours, paper. */
export const style = `
:root { --paper: #fff; --ink: #1c2128; --quiet: #59636e; --line: #d8dee4; --soft: #f5f7f9; --link: #0a58c2; --mark: #fff3c4; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15191e; --ink: #e2e6ea; --quiet: #98a2ad; --line: #333b44; --soft: #1d232a; --link: #79b0ff; --mark: #4a3f12; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: minmax(0, 1fr); }
main { max-width: 50rem; width: 100%; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
nav { display: none; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; overflow-wrap: anywhere; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
li { overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
.quiet { color: var(--quiet); font-size: .875rem; }
.digest { overflow-wrap: anywhere; }
article { border: 1px solid var(--line); border-radius: 6px; padding: .25rem 1rem 1rem; margin: 1rem 0; }
article h3 { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; margin: .75rem 0 .5rem; }
.source { font-weight: 400; font-size: .8125rem; font-family: ui-monospace, monospace; }
.doc { color: var(--quiet); border-left: 3px solid var(--line); padding-left: .75rem; }
code, pre { font: .875rem/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
pre { background: var(--soft); border-radius: 4px; padding: .625rem .75rem; margin: .75rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--quiet); font-size: .9375rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
th { font-size: .8125rem; color: var(--quiet); font-weight: 600; }
td:first-child { white-space: nowrap; }
.listing pre { padding-left: 0; }
.line { display: block; padding-left: 3.5rem; text-indent: -3.5rem; }
.line > a { display: inline-block; width: 3rem; margin-right: .5rem; text-indent: 0; text-align: right; color: var(--quiet); user-select: none; }
.line:target, article:target { background: var(--mark); }
@media (min-width: 70rem) {
  body { grid-template-columns: 17rem minmax(0, 1fr); }
  nav { display: block; position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.75rem 1rem 2rem 1.5rem; border-right: 1px solid var(--line); background: var(--soft); font-size: .9rem; }
  nav a { display: block; padding: .15rem 0 .15rem .75rem; overflow-wrap: anywhere; }
  nav .target { padding-left: 0; margin-top: .75rem; font-weight: 600; color: inherit; }
  nav .title { margin: 0; color: var(--quiet); }
}
@media (max-width: 40rem) { td:first-child { white-space: normal; } }
@media print {
  :root { --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --soft: #f4f4f4; --link: #000; --mark: transparent; }
  body { display: block; font-size: 10.5pt; }
  nav, .listing:not([open]) { display: none; }
  main { max-width: none; padding: 0; }
  article { break-inside: avoid-page; }
  h2, h3, h4 { break-after: avoid; }
}
`
