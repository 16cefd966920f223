/** Which ways an action may move its target. */
import type { ActionIR } from '../bundle/index.ts'

export function mayGo(action: ActionIR): { readonly up: boolean; readonly down: boolean } {
  switch (action.kind) {
    case 'change':
      return { up: action.amount > 0, down: action.amount < 0 }
    case 'set':
    case 'hold':
      return { up: true, down: true }
    case 'floor':
      return { up: true, down: false }
    case 'ceiling':
      return { up: false, down: true }
    case 'freeze':
      return { up: false, down: false }
    default:
      return action satisfies never
  }
}
