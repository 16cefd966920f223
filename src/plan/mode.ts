/** Stage 4: what the target's mode lets through. `off` never gets here, and `observe` is applied to the finished decision. */
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'

export function mode({ input, base }: Context, wanted: number): StageResult {
  return input.target.mode === 'out-only' && wanted < base ? holds(base, 'ModeOutOnly', `${input.target.id} is in mode out-only`) : { replicas: wanted }
}
