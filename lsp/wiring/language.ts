/** Completion and what else helps while one types. */
import type { Connection } from 'vscode-languageserver/node'
import type { Workspace } from '../workspace/workspace.ts'
import type { Report } from './answers.ts'

export function wireLanguage(_connection: Connection, _workspace: Workspace, _report: Report): void {}
