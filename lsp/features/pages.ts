/** Pages of the reference as editors show them. */

/** Links between pages lead nowhere in an editor: their words stay. */
export function wordPage(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1')
    .replace(/\n+See also [^\n]*\n?$/, '\n')
    .trimEnd()
}
