/** Pages of the reference as editors show them. */

/** Links between pages lead nowhere in an editor: their words stay. A heading would be set as large as that of a whole page. */
export function wordPage(text: string): string {
  return text
    .replace(/^# (.+)/, '**$1**')
    .replace(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1')
    .replace(/\n+See also [^\n]*\n?$/, '\n')
    .trimEnd()
}
