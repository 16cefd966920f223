/** The status bar: how much the catalog knows, and what is wrong with it. */
import * as vscode from 'vscode'
import { type CatalogState, catalogChanged, type Language } from './requests.ts'
import { uriOf } from './uris.ts'

export interface Status extends vscode.Disposable {
  /** Asks the server anew. */
  refresh(): Promise<void>
  /** What it says, with what can be done about it. */
  show(): Promise<void>
  /** Reads the catalog anew, and says what there is then. */
  renew(): Promise<void>
  /** Nothing serves, and what was known is not known any more. */
  lost(problem: string): void
}

export function createStatus(language: Language): Status {
  const item = vscode.window.createStatusBarItem('scale.catalog', vscode.StatusBarAlignment.Right, 100)
  item.name = 'SCALE catalog'
  item.command = 'scale.showCatalog'
  let state: CatalogState | undefined

  const uri = (): { readonly uri?: string } => {
    const document = vscode.window.activeTextEditor?.document
    return document?.languageId === 'scale' ? { uri: uriOf(document.uri) } : {}
  }
  const tell = (next: CatalogState): void => {
    state = next
    item.text = textOf(next)
    item.tooltip = tooltipOf(next)
    item.backgroundColor = next.problem === undefined ? undefined : new vscode.ThemeColor('statusBarItem.warningBackground')
    place()
  }
  const place = (): void => {
    if (vscode.window.activeTextEditor?.document.languageId === 'scale') item.show()
    else item.hide()
  }
  const refresh = async (): Promise<void> => tell(await language.request('scale/catalogState', uri()))
  const renew = async (): Promise<void> => {
    const next = await language.request('scale/refreshCatalog', uri())
    tell(next)
    void (next.problem === undefined ? vscode.window.showInformationMessage(tooltipOf(next)) : vscode.window.showWarningMessage(tooltipOf(next)))
  }
  const subscriptions = [
    item,
    // It may be another project's: what is shown is asked for.
    language.onNotification(catalogChanged, () => void refresh().catch(() => {})),
    vscode.window.onDidChangeActiveTextEditor(() => void refresh().catch(place)),
  ]
  return {
    refresh,
    async show() {
      await refresh()
      const again = 'Read Anew'
      const settings = 'Settings'
      const said = state === undefined ? '' : tooltipOf(state)
      const chosen = await (state?.problem === undefined
        ? vscode.window.showInformationMessage(said, again, settings)
        : vscode.window.showWarningMessage(said, again, settings))
      if (chosen === again) await renew()
      if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'scale.catalog')
    },
    renew,
    lost(problem) {
      state = undefined
      item.text = '$(error) SCALE does not run'
      item.tooltip = problem
      item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground')
      place()
    },
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose()
    },
  }
}

export function textOf({ source, problem, services }: CatalogState): string {
  if (problem !== undefined) return '$(warning) SCALE: catalog'
  return source === undefined ? '$(database) SCALE: no catalog' : `$(database) SCALE: ${counted(services, 'service')}`
}

export function tooltipOf({ source, problem, services, operations, workloads }: CatalogState): string {
  const known = `${counted(services, 'service')}, ${counted(operations, 'operation')} and ${counted(workloads, 'workload')}`
  if (source === undefined && problem === undefined)
    return 'SCALE knows no live system, whose services completion would offer. Make a catalog with `scalec catalog from-recording` and name it in scale.json, or name a Tempo in the settings.'
  const from = source === undefined ? known : `${known}, from ${source}`
  if (problem === undefined) return `The SCALE catalog has ${from}`
  return services === 0 ? problem : `${problem}. In use: ${from}`
}

function counted(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}
