/** Coverage for the margin: a rule or a comparison is a statement; that it was seen true and that it was seen false are its two branches. */
import * as vscode from 'vscode'
import { rangeOf } from './ranges.ts'
import type { CoveredRange } from './requests.ts'

export function detailsOf(ranges: readonly CoveredRange[]): readonly vscode.StatementCoverage[] {
  return ranges.map(({ range, state, message }) => {
    const at = rangeOf(range)
    const both = [new vscode.BranchCoverage(state !== 'missed', at, message), new vscode.BranchCoverage(state === 'covered', at, 'seen both true and false')]
    return new vscode.StatementCoverage(state !== 'missed', at, both)
  })
}
