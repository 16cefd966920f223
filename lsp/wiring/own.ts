/** Requests of our own, and the commands of lenses that do the same (README.md has the table). */
import {
  type CancellationToken,
  CodeLensRefreshRequest,
  type Connection,
  type GenericRequestHandler,
  MessageType,
  type Position,
  ShowMessageNotification,
} from 'vscode-languageserver/node'
import type { Document } from '../contract.ts'
import { explain } from '../session/explain.ts'
import { replayRules } from '../session/replay.ts'
import { coverage, runTests, testItems } from '../session/tests.ts'
import { givenCatalog } from '../workspace/catalog.ts'
import type { ProjectState } from '../workspace/project.ts'
import { uriOf } from '../workspace/uris.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { guarded, guardedNotification, type Report } from './answers.ts'
import type { SettingsState } from './settle.ts'

export interface OwnOptions {
  readonly connection: Connection
  readonly workspace: Workspace
  readonly report: Report
  readonly version: string
  readonly settings: SettingsState
  /** Whatever is said of scale.json files may have changed. */
  readonly published: () => void
}

export interface CatalogSummary {
  readonly source?: string
  readonly problem?: string
  readonly services: number
  readonly operations: number
  readonly workloads: number
}

interface ForDocument {
  readonly uri: string
}

export function wireOwnRequests({ connection, workspace, report, version, settings, published }: OwnOptions): { catalogChanged(project: ProjectState): void } {
  const request = <P, R>(name: string, answer: (params: P, token: CancellationToken) => R | Promise<R>): void => {
    connection.onRequest(name, guarded<P, R>(name, report, answer) as GenericRequestHandler<R, void>)
  }

  function place(uri: string): { readonly state: ProjectState; readonly document: Document } | { readonly problem: string } {
    const state = workspace.projectOf(uri)
    const document = workspace.documentOf(uri)
    return state === undefined || document === undefined ? { problem: `${uri} is no rule file that is known` } : { state, document }
  }

  /** A notification: the requests of that name ask for an answer, which not every client gives. */
  function say(type: MessageType, message: string): void {
    void connection.sendNotification(ShowMessageNotification.type, { type, message })
  }

  /** Lenses show what was run. */
  function ran(): void {
    if (settings.canRefreshLenses) void connection.sendRequest(CodeLensRefreshRequest.type).catch((error) => report('workspace/codeLens/refresh', error))
  }

  async function test({ uri, name }: ForDocument & { readonly name?: string }, token: CancellationToken) {
    const at = place(uri)
    if ('problem' in at) return { results: [], problem: at.problem }
    const answer = await runTests(at.state, at.document, name, version, () => token.isCancellationRequested)
    ran()
    return answer
  }

  async function replayed({ uri, recording }: ForDocument & { readonly recording?: string }, token: CancellationToken) {
    const at = place(uri)
    if ('problem' in at) return { recording: recording ?? '', rules: [], steps: 0, spans: 0, decisions: [], text: `${at.problem}\n`, problem: at.problem }
    const answer = await replayRules(at.state, at.document, recording, version, () => token.isCancellationRequested)
    ran()
    return answer
  }

  async function explained({ uri, position }: ForDocument & { readonly position?: Position }) {
    const at = place(uri)
    if ('problem' in at) return { markdown: at.problem }
    const answer = await explain(at.state, at.document, position === undefined ? undefined : at.document.lines.offsetAt(position), version)
    return 'problem' in answer ? { markdown: answer.problem } : answer
  }

  request('scale/tests', ({ uri }: Partial<ForDocument>) => {
    const projects = workspace.projects.flatMap((state) => state.roots.map((document) => ({ state, document })))
    return {
      tests: projects
        .filter(({ document }) => uri === undefined || document === workspace.documentOf(uri))
        .flatMap(({ state, document }) => testItems(state.project, document)),
    }
  })
  request('scale/runTest', test)
  request('scale/coverage', async ({ uri }: ForDocument, token) => {
    const at = place(uri)
    if ('problem' in at) return { ranges: [], problem: at.problem }
    const answer = await coverage(at.state, at.document, version, () => token.isCancellationRequested)
    return 'problem' in answer ? { ranges: [], problem: answer.problem } : answer
  })
  request('scale/replay', replayed)
  request('scale/explain', explained)
  request('scale/catalogState', ({ uri }: Partial<ForDocument>) => summaryOf(uri))
  request('scale/refreshCatalog', async ({ uri }: Partial<ForDocument>) => {
    if (!(await settings.refreshLive())) for (const project of workspace.projects) if (project.reloadCatalog()) changed(project)
    return summaryOf(uri)
  })
  request('scale/text', ({ uri }: ForDocument) => {
    const text = workspace.text(uri)
    return text === undefined ? null : { version: text.version, text: text.text }
  })

  connection.onNotification(
    'scale/useCatalog',
    guardedNotification<{ readonly catalog?: unknown; readonly source?: unknown }>('scale/useCatalog', report, ({ catalog, source }) =>
      workspace.setLiveCatalog(catalog === undefined ? undefined : givenCatalog(catalog, typeof source === 'string' ? source : 'the client')),
    ),
  )

  function summaryOf(uri: string | undefined): CatalogSummary {
    const state = uri === undefined ? workspace.projects[0] : workspace.projectOf(uri)
    return state === undefined ? { services: 0, operations: 0, workloads: 0 } : summary(state)
  }

  function changed(project: ProjectState): void {
    void connection.sendNotification('scale/catalogChanged', { uri: uriOf(project.unit.folder), ...summary(project) })
    const { problem, catalog } = project.catalog
    if (problem !== undefined) say(MessageType.Warning, `${problem}${catalog === undefined ? '' : '; the last good catalog is used on'}`)
    published()
  }

  connection.onExecuteCommand(
    guarded(
      'workspace/executeCommand',
      report,
      async ({ command, arguments: given = [] }: { readonly command: string; readonly arguments?: readonly unknown[] }, token) => {
        const [uri, second] = given
        if (typeof uri !== 'string') throw new Error(`${command} needs the URI of a rule file`)
        switch (command) {
          case 'scale.runTest': {
            const answer = await test({ uri, ...(typeof second === 'string' ? { name: second } : {}) }, token)
            const lines = answer.results.map(({ name, outcome, failures }) => [`${name}: ${outcome}`, ...failures.map(({ message }) => message)].join('; '))
            say(MessageType.Info, answer.problem ?? lines.join('\n'))
            return answer
          }
          case 'scale.replay': {
            const answer = await replayed({ uri, ...(typeof second === 'string' ? { recording: second } : {}) }, token)
            say(MessageType.Info, answer.text.trimEnd())
            return answer
          }
          case 'scale.explain': {
            const answer = await explained({ uri, ...(isPosition(second) ? { position: second } : {}) })
            say(MessageType.Info, answer.markdown)
            return answer
          }
          default:
            throw new Error(`there is no command ${command}`)
        }
      },
    ),
  )
  return { catalogChanged: changed }
}

function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && 'line' in value && 'character' in value
}

function summary({ catalog: state }: ProjectState): CatalogSummary {
  const { catalog, source, problem } = state
  return {
    ...(source === undefined ? {} : { source }),
    ...(problem === undefined ? {} : { problem }),
    services: catalog?.services.length ?? 0,
    operations: catalog?.services.reduce((sum, { operations }) => sum + operations.length, 0) ?? 0,
    workloads: catalog?.workloads.length ?? 0,
  }
}
