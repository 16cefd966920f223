import { describe, expect, it } from 'vitest'
import { startClient } from './client.ts'
import { matrix, matrixInReadme, testedRows } from './matrix.ts'

describe('the table of lsp/README.md', () => {
  it('is what the tests make of it (node test/lsp/matrix.ts writes it)', () => {
    expect(matrixInReadme()).toBe(matrix())
  })

  it('has a test in every row', () => {
    expect(
      matrix()
        .split('\n')
        .filter((line) => line.includes('| no | ') && line.split(' | ')[1] === 'no'),
    ).toEqual([])
  })

  it('has a row for everything that the server says it can', async () => {
    const client = await startClient({})
    const provided = Object.keys(client.initialized.capabilities)
    await client.stop()
    const rowOf: Readonly<Record<string, string | undefined>> = {
      textDocumentSync: 'incremental sync',
      completionProvider: 'completion: resolve, snippets',
      hoverProvider: 'hover',
      signatureHelpProvider: 'signature help',
      definitionProvider: 'definition',
      referencesProvider: 'references',
      renameProvider: 'rename with prepare',
      documentHighlightProvider: 'document highlight',
      documentSymbolProvider: 'document symbols',
      workspaceSymbolProvider: 'workspace symbols',
      documentFormattingProvider: 'formatting: document',
      documentRangeFormattingProvider: 'formatting: range',
      documentOnTypeFormattingProvider: 'formatting: on type',
      semanticTokensProvider: 'semantic tokens',
      foldingRangeProvider: 'folding',
      selectionRangeProvider: 'selection range',
      documentLinkProvider: 'document links',
      codeActionProvider: 'code actions: quick fix',
      codeLensProvider: 'code lens',
      inlayHintProvider: 'inlay hints',
      diagnosticProvider: 'diagnostics: pull',
      executeCommandProvider: 'commands of lenses',
      workspace: 'workspace folders',
      positionEncoding: 'incremental sync',
    }
    const rows = new Set(testedRows().map(({ row }) => row))
    expect(provided.filter((capability) => !rows.has(rowOf[capability] ?? ''))).toEqual([])
  })
})
