/** The extension's manifest against what the language server can do and what its settings are. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { capabilities, commands as lensCommands } from '../../lsp/wiring/capabilities.ts'
import { defaultSettings, readSettings } from '../../lsp/wiring/settings.ts'
import { analyse } from '../../src/bundle/index.ts'

const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

interface Manifest {
  readonly engines: { readonly vscode: string }
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } }
  readonly contributes: {
    readonly languages: readonly { readonly id: string; readonly extensions: readonly string[] }[]
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[]
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>
    readonly keybindings: readonly { readonly command: string }[]
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }
  }
}

const { contributes, engines, capabilities: trust } = json<Manifest>('lsp/vscode/package.json')
const readme = readFileSync('lsp/README.md', 'utf8')
const source = readFileSync('lsp/vscode/src/requests.ts', 'utf8')

describe('commands', () => {
  const own = contributes.commands.map(({ command }) => command)

  it('are not those of the server, which the language client registers by itself', () => {
    expect(own.filter((command) => lensCommands.includes(command as (typeof lensCommands)[number]))).toEqual([])
    expect(capabilities().executeCommandProvider?.commands).toEqual([...lensCommands])
  })

  it('in menus and keys are there', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(({ command }) => command)
    expect(used.filter((command) => !own.includes(command))).toEqual([])
  })

  it('that lenses press are taken over by the extension', () => {
    const client = readFileSync('lsp/vscode/src/client.ts', 'utf8')
    for (const command of lensCommands) expect(client).toContain(`'${command}'`)
  })
})

describe('settings', () => {
  const { properties } = contributes.configuration
  const ofServer = Object.keys(properties)
    .map((key) => key.replace(/^scale\./, ''))
    .filter((key) => key !== 'path' && !key.startsWith('trace.'))

  it('are those of the server', () => {
    const documented = [...(readme.split('## Settings')[1] ?? '').matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key]) => key)
    expect(documented.length).toBeGreaterThan(0)
    expect(ofServer.sort()).toEqual([...documented].sort())
  })

  it('have the defaults of the server', () => {
    const given: Record<string, Record<string, unknown>> = {}
    for (const key of ofServer) {
      const [group = '', name = ''] = key.split('.')
      given[group] = { ...given[group], [name]: properties[`scale.${key}`]?.default }
    }
    expect(readSettings(given)).toEqual(defaultSettings)
  })

  it('that run programs or speak to addresses need a trusted workspace', () => {
    expect(trust.untrustedWorkspaces.restrictedConfigurations).toEqual(['scale.path', 'scale.catalog.tempo'])
  })
})

it('requests of the extension are those that the server documents', () => {
  const used = [...source.matchAll(/readonly '(scale\/\w+)'/g)].map(([, name]) => name as string)
  const documented = [...readme.matchAll(/^\| `(scale\/\w+)` \|/gm)].map(([, name]) => name as string)
  expect(used.length).toBeGreaterThan(5)
  expect(used.filter((name) => !documented.includes(name))).toEqual([])
  expect(readme).toContain('`scale/catalogChanged`')
})

it('the editor is as new as what it is typed against', () => {
  const typed = json<{ readonly version: string }>('node_modules/@types/vscode/package.json').version
  const minor = (version: string): number => Number(version.replace(/^\^/, '').split('.')[1])
  expect(minor(engines.vscode)).toBeGreaterThanOrEqual(minor(typed))
})

describe('snippets', () => {
  const snippets = json<Readonly<Record<string, { readonly prefix: string; readonly body: readonly string[] }>>>('lsp/vscode/snippets/scale.json')
  /** As they are inserted: placeholders as their texts. */
  const plain = (body: readonly string[]): string => {
    const text = body.join('\n')
    const named = new Map([...text.matchAll(/\$\{(\d+)[:|]([^}|,]*)[^}]*\}/g)].map(([, n = '', value = '']) => [n, value]))
    return text.replace(/\$\{(\d+)[^}]*\}/g, (_, n: string) => named.get(n) ?? '')
  }

  it.each(Object.entries(snippets))('%s is a program', (title, { body }) => {
    // A test is of a rule that the file has.
    const rule = title.startsWith('Test') ? `${plain(snippets.Rule?.body ?? [])}\n\n` : ''
    const { diagnostics } = analyse({ roots: [{ name: 'snippet.scale', text: `${rule}${plain(body)}\n` }] })
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  })
})

describe('the language configuration', () => {
  const { wordPattern } = json<{ readonly wordPattern: string }>('lsp/vscode/language-configuration.json')

  it.each(['ads-slow', 'http.response.status_code', '400ms', 'p99', '99.9%'])('takes %s as one word', (word) => {
    expect(new RegExp(`^(?:${wordPattern})$`).test(word)).toBe(true)
  })
})
