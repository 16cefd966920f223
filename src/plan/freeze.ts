/** Stage 3: freezes hold a direction while their condition is true. */
import type { Context, StageResult } from './stage.ts'
import { holds } from './stage.ts'
import { list } from './words.ts'

export function freeze({ base, resolved }: Context, wanted: number): StageResult {
  const by = wanted > base ? resolved.frozenUp : wanted < base ? resolved.frozenDown : []
  return by.length === 0 ? { replicas: wanted } : holds(base, 'Frozen', `${list(by)} freezes the way ${wanted > base ? 'up' : 'down'}`, { rules: by })
}
