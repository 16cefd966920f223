/** How requests are answered whatever happens: a fault in a feature is logged and becomes an error response, and the server goes on. */
import { type CancellationToken, type Connection, ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node'
import type { View } from '../contract.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** What went wrong, and with what it was. */
export type Report = (what: string, error: unknown) => void

export function reporter(connection: Connection): Report {
  return (what, error) => connection.console.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
}

/** `answer` with its faults turned into responses. */
export function guarded<P, R>(what: string, report: Report, answer: (params: P, token: CancellationToken) => R | Promise<R>) {
  return async (params: P, token: CancellationToken): Promise<R | ResponseError<void>> => {
    try {
      if (token.isCancellationRequested) return cancelled()
      const result = await answer(params, token)
      return token.isCancellationRequested ? cancelled() : result
    } catch (error) {
      if (error instanceof ResponseError) return error
      report(what, error)
      return new ResponseError(ErrorCodes.InternalError, `${what} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** The same of notifications, which have no answer. */
export function guardedNotification<P>(what: string, report: Report, hear: (params: P) => void): (params: P) => void {
  return (params) => {
    try {
      hear(params)
    } catch (error) {
      report(what, error)
    }
  }
}

export function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'the client no longer wants it')
}

export interface InDocument {
  readonly textDocument: { readonly uri: string }
}

/** Clients are programs of others: what they send is looked at before it is used. */
export function uriIn(params: Partial<InDocument> | null | undefined): string {
  const uri = params?.textDocument?.uri
  if (typeof uri !== 'string') throw new ResponseError(ErrorCodes.InvalidParams, 'textDocument.uri is missing')
  return uri
}

/** Of the texts as they are, whatever the last check was of. Undefined where no project has the document. */
export function viewNow(workspace: Workspace, uri: string, token: CancellationToken): View | undefined {
  return workspace.viewOf(uri, () => token.isCancellationRequested)
}

/** Of texts that are checked. An edit on the way makes the request's places worthless, and so its answer. */
export async function viewChecked(workspace: Workspace, uri: string, token: CancellationToken): Promise<View | undefined> {
  const before = workspace.documentOf(uri)?.text
  await workspace.projectOf(uri)?.finished()
  if (token.isCancellationRequested) throw cancelled()
  const view = viewNow(workspace, uri, token)
  if (view?.document.text !== before) throw new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed')
  return view
}
