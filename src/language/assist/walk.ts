/**
 * Follows the tokens of a declaration through the grammar, along all ways at once, to what may come next.
 *
 * A place in the grammar is a linked list: steps of a rule that are left, and behind them those of the rules that called it. Equal places are one
 * object, so ways that meet again are walked once.
 */
import { type IToken, type TokenType, tokenMatcher } from 'chevrotain'
import type { Grammar, Steps } from './grammar.ts'

/** A use of a rule of the grammar. */
export interface Use {
  readonly rule: string
  /** As the rule that uses it calls it. */
  readonly label: string | undefined
  /** Index of the first token that is read by it. */
  readonly start: number
  readonly within: Use | undefined
}

interface Point {
  readonly id: number
  readonly steps: Steps
  readonly at: number
  readonly use: Use
  readonly rest: Point | undefined
}

/** A token that may come next, and the use of a rule that it belongs to. */
export interface Next {
  readonly type: TokenType
  readonly label: string | undefined
  readonly use: Use
}

/** All that the tokens read so far may mean. */
export interface Ways {
  /** Each before a token. */
  readonly points: readonly Point[]
  /** They may be all. */
  readonly whole: boolean
  /** Uses that may have begun with the last token. */
  readonly begun: readonly Use[]
}

export class Walk {
  private readonly grammar: Grammar
  private readonly points = new Map<string, Point>()
  private readonly uses = new Map<string, Use>()
  private readonly ids = new Map<object, number>()

  constructor(grammar: Grammar) {
    this.grammar = grammar
  }

  /** How many places were looked at. */
  get size(): number {
    return this.points.size
  }

  /** Before the first token of a rule. */
  begin(rule: string): Ways {
    const use = this.use(rule, undefined, 0, undefined)
    return this.expanded([this.point(this.stepsOf(rule), 0, use, undefined)], 0)
  }

  /** Behind `token`, the one with this index; undefined if it fits nowhere. */
  take(ways: Ways, token: IToken, index: number): Ways | undefined {
    const all = ways.points.filter((point) => tokenMatcher(token, typeAt(point)))
    // As the parser does: a keyword is one where it may be, and a name elsewhere.
    const exact = all.filter((point) => typeAt(point) === token.tokenType)
    const fitting = exact.length > 0 ? exact : all
    return fitting.length === 0 ? undefined : this.behind(fitting, index)
  }

  /** Behind whatever token might come, or one of these types. */
  takeAny(ways: Ways, index: number, type?: TokenType): Ways {
    return this.behind(type === undefined ? ways.points : ways.points.filter((point) => typeAt(point) === type), index)
  }

  next({ points }: Ways): readonly Next[] {
    return points.map((point) => {
      const step = point.steps[point.at]
      return { type: typeAt(point), label: step?.kind === 'token' ? step.label : undefined, use: point.use }
    })
  }

  private behind(points: readonly Point[], index: number): Ways {
    const begun = new Set<Use>()
    for (const { use } of points) for (let outer: Use | undefined = use; outer?.start === index; outer = outer.within) begun.add(outer)
    const next = points.map(({ steps, at, use, rest }) => this.point(steps, at + 1, use, rest))
    return { ...this.expanded(next, index + 1), begun: [...begun] }
  }

  /** The tokens to which the points lead without one; `index` is that of the token that would come. */
  private expanded(points: readonly Point[], index: number): Ways {
    const found: Point[] = []
    const seen = new Set<Point>()
    const open = [...points].reverse()
    let whole = false
    for (let point = open.pop(); point !== undefined; point = open.pop()) {
      if (seen.has(point)) continue
      seen.add(point)
      const { steps, at, use, rest } = point
      const step = steps[at]
      if (step === undefined) {
        if (rest === undefined) whole = true
        else open.push(rest)
        continue
      }
      const after = this.point(steps, at + 1, use, rest)
      switch (step.kind) {
        case 'token':
          found.push(point)
          break
        case 'rule': {
          const inner = this.use(step.name, step.label, index, use)
          open.push(this.point(this.stepsOf(step.name), 0, inner, after))
          break
        }
        case 'choice':
          for (const steps of [...step.of].reverse()) open.push(this.point(steps, 0, use, after))
          break
        case 'option':
          open.push(after, this.point(step.body, 0, use, after))
          break
        case 'repeat':
          open.push(after, this.point(step.body, 0, use, point))
          break
      }
    }
    return { points: found, whole, begun: [] }
  }

  private stepsOf(rule: string): Steps {
    return this.grammar.rules.get(rule) ?? []
  }

  private point(steps: Steps, at: number, use: Use, rest: Point | undefined): Point {
    const key = `${this.idOf(steps)} ${at} ${this.idOf(use)} ${rest?.id}`
    const known = this.points.get(key)
    if (known !== undefined) return known
    const point = { id: this.points.size, steps, at, use, rest }
    this.points.set(key, point)
    return point
  }

  private use(rule: string, label: string | undefined, start: number, within: Use | undefined): Use {
    const key = `${rule} ${label} ${start} ${within === undefined ? '' : this.idOf(within)}`
    const known = this.uses.get(key)
    if (known !== undefined) return known
    const use = { rule, label, start, within }
    this.uses.set(key, use)
    return use
  }

  private idOf(object: object): number {
    const known = this.ids.get(object)
    if (known !== undefined) return known
    const id = this.ids.size
    this.ids.set(object, id)
    return id
  }
}

function typeAt(point: Point): TokenType {
  const step = point.steps[point.at]
  if (step?.kind !== 'token') throw new Error('a point that is not before a token')
  return step.type
}
