import * as vscode from 'vscode'
import type { Range } from './requests.ts'

export function rangeOf({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character)
}
