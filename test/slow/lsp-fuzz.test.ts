/** Random edits through a real client: the server lives, has the client's texts, and says of them what a fresh check says. `FUZZ_EDITS` and `FUZZ_SEED` choose others. */

import { expect, it } from 'vitest'
import { type Diagnostic, DocumentDiagnosticRequest } from 'vscode-languageserver-protocol/node'
import { protocolDiagnostics } from '../../lsp/features/diagnostics.ts'
import { viewOfTexts } from '../../lsp/memory.ts'
import { lineIndex } from '../../lsp/positions.ts'
import { type Client, startClient } from '../lsp/client.ts'
import { mutated, random, seeds } from '../support/mutate.ts'

const { FUZZ_EDITS = '20000', FUZZ_SEED = '1' } = process.env

const names = ['a.scale', 'b.scale', 'common.scale']
const common = 'let slow = 400ms\ndefaults { namespace shop }\n'

it(`${FUZZ_EDITS} sequences of edits: texts in sync, diagnostics those of a fresh check, no crash`, { timeout: 1_800_000 }, async () => {
  const next = random(Number(FUZZ_SEED))
  const below = (n: number): number => Math.floor(next() * n)
  const programs = seeds()
  const client = await startClient(Object.fromEntries(names.map((name) => [name, name === 'common.scale' ? common : 'import "common.scale"\n'])), {
    capabilities: { textDocument: { diagnostic: {} } },
  })
  for (const name of names) await client.open(name)
  let said = 0
  for (let sequence = 0; sequence < Number(FUZZ_EDITS); sequence++) {
    const name = names[below(names.length)] as string
    if (client.text(name).length > 4000 || next() < 0.02) await client.change(name, { text: `import "common.scale"\n${mutated(programs, below(1e9))}` })
    else for (let edits = 1 + below(5); edits > 0; edits--) await randomEdit(client, name, below, programs)
    // Now and then without waiting for an answer, as a fast typist does.
    if (next() < 0.5) said += await compare(client, name)
    if (client.process.exitCode !== null) throw new Error(`the server ended with ${client.process.exitCode} after sequence ${sequence}`)
  }
  for (const name of names) await compare(client, name)
  expect(client.log.filter((line) => line.includes('Error'))).toEqual([])
  await client.stop()
  process.stderr.write(`${FUZZ_EDITS} sequences, ${said} diagnostics compared\n`)
  expect(said).toBeGreaterThan(0)
})

async function randomEdit(client: Client, name: string, below: (n: number) => number, programs: readonly string[]): Promise<void> {
  const text = client.text(name)
  const lines = lineIndex(text)
  const start = below(text.length + 1)
  const end = Math.min(text.length, start + (below(3) === 0 ? below(40) : 0))
  const piece = programs[below(programs.length)] ?? ''
  const from = below(piece.length)
  const by = below(4) === 0 ? '' : piece.slice(from, from + 1 + below(below(5) === 0 ? 200 : 6))
  await client.change(name, { range: { start: lines.positionAt(start), end: lines.positionAt(end) }, text: by })
}

/** How many diagnostics there are, all of them as they should be. */
async function compare(client: Client, name: string): Promise<number> {
  const uri = client.uri(name)
  const held = await client.connection.sendRequest<{ readonly text: string }>('scale/text', { uri })
  expect(held.text).toBe(client.text(name))
  const report = await client.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } })
  const items = (report as { readonly items: readonly Diagnostic[] }).items
  const texts = Object.fromEntries(names.map((each) => [each, client.text(each)]))
  const today = new Date().toISOString().slice(0, 10)
  const { document, project } = viewOfTexts(texts, name, { lint: { today } })
  const fresh = protocolDiagnostics(document, project, project.checked?.diagnostics.get(name) ?? [], () => undefined)
  expect(items.map(comparable)).toEqual(fresh.map(comparable))
  return items.length
}

/** Without the URIs, which are of different folders, and links. */
function comparable({ relatedInformation, codeDescription: _, ...rest }: Diagnostic): object {
  const related = relatedInformation?.map(({ location, message }) => ({ file: location.uri.split('/').at(-1), range: location.range, message }))
  return { ...rest, related }
}
