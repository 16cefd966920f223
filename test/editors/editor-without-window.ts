/**
 * Runs the packed extension as the editor would, with the language client that is in it: `node editor-without-window.ts EXTENSION FOLDER FILE`. What the extension itself does not use of `vscode`,
 * and its language client does, is there and does nothing. Prints what was seen as JSON.
 */
import Module, { createRequire } from 'node:module'
import * as fake from './vscode-fake.ts'

const [, , extension = '', folder = '', file = ''] = process.argv

/** A class, a function and a namespace at once, of the same. */
function anything(): object {
  const known = new Map<string | symbol, object>()
  // What a call gives can be called on, and disposed of.
  const given: object = new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : () => given) })
  class Disposable {
    dispose(): void {}
  }
  return new Proxy(Disposable, {
    get(target, key) {
      if (Reflect.has(target, key) || typeof key === 'symbol' || key === 'then') return Reflect.get(target, key)
      const made = known.get(key) ?? anything()
      known.set(key, made)
      return made
    },
    apply: () => given,
  })
}

/** The fake, and anything where it has nothing. */
function completed(part: object): object {
  const known = new Map<string | symbol, object>()
  return new Proxy(part, {
    get(target, key) {
      if (Reflect.has(target, key) || typeof key === 'symbol' || key === 'then') return Reflect.get(target, key)
      const made = known.get(key) ?? anything()
      known.set(key, made)
      return made
    },
  })
}

const opened = { textDocuments: { value: [] }, notebookDocuments: { value: [] } }
const vscode = completed({
  ...fake,
  version: '1.105.0',
  window: completed(
    Object.create(fake.window, {
      tabGroups: { value: completed({ all: [] }) },
      visibleTextEditors: { value: [] },
      createOutputChannel: { value: () => completed({ error: (problem: unknown) => console.error(problem) }) },
    }) as object,
  ),
  languages: completed(fake.languages),
  workspace: completed(Object.create(fake.workspace, opened) as object),
})
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown }
const load = loader._load
loader._load = function (this: unknown, request, ...rest) {
  return request === 'vscode' ? vscode : load.call(this, request, ...rest)
}

fake.seen.folder = folder
fake.window.activate(file)
const { activate, deactivate } = createRequire(import.meta.url)(`${extension}/out/extension.cjs`) as {
  readonly activate: (context: object) => Promise<void>
  readonly deactivate: () => Promise<void>
}
await activate({ subscriptions: [], extensionPath: extension })
const [status] = fake.seen.status
const files = [...(fake.seen.controllers[0]?.items ?? [])].map(([, item]) => ({ file: item.label, tests: item.children.size }))
console.log(JSON.stringify({ status: status?.text, commands: [...fake.commands.registered.keys()], files, messages: fake.seen.messages }))
await deactivate()
process.exit(0)
