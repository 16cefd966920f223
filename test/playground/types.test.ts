/** Which libraries the compiler checks with: a browser's for the page, Node's for what serves it. A reference in a single file would give them to all. */
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

function filesOf(project: string): readonly string[] {
  return execFileSync('node_modules/.bin/tsc', ['-p', project, '--listFilesOnly'], { encoding: 'utf8' }).split('\n')
}

const ofBrowsers = /\/lib\.(dom|webworker)[\w.]*\.d\.ts$/
const ofNode = /\/@types\/node\//

it('the server sees nothing of the browser', () => {
  const files = filesOf('.')
  expect(files.filter((file) => ofBrowsers.test(file))).toEqual([])
  expect(files.some((file) => ofNode.test(file))).toBe(true)
  expect(files.some((file) => file.endsWith('/lsp/server.ts'))).toBe(true)
})

it('the page sees nothing of Node, nor of the server but the messages', () => {
  const files = filesOf('lsp/playground/page')
  expect(files.filter((file) => ofNode.test(file))).toEqual([])
  expect(files.some((file) => ofBrowsers.test(file))).toBe(true)
  const own = files.filter((file) => /\/(lsp|src)\//.test(file) && !file.includes('/node_modules/'))
  expect(own.map((file) => file.replace(/.*\/lsp\/playground\//, '')).filter((file) => !file.startsWith('page/'))).toEqual(['contract.ts'])
})

it('what drives the page in a browser may speak of both', () => {
  const files = filesOf('test/playground')
  expect(files.some((file) => ofNode.test(file)) && files.some((file) => ofBrowsers.test(file))).toBe(true)
})
