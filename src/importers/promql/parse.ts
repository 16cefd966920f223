/** As much of PromQL as autoscalers' queries use; undefined for anything else. */

export interface Matcher {
  readonly label: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

export type Query =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'metric'; readonly name: string; readonly matchers: readonly Matcher[]; readonly range?: string }
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Query[]; readonly by: readonly string[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Query; readonly right: Query }

const token =
  /\s+|#[^\n]*|([A-Za-z_:][\w:.]*)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:ms|[smhdwy])?(?:\d+(?:ms|[smhdwy]))*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(=~|!~|!=|==|>=|<=|[-+*/%^=<>(){}[\],])/gy

const aggregations = new Set(['sum', 'avg', 'min', 'max', 'count', 'topk', 'bottomk', 'quantile', 'group', 'stddev'])
const precedence: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
}

export function parseQuery(text: string): Query | undefined {
  const tokens: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    if (match === null) return undefined
    const [whole] = match
    if (whole.trim() !== '' && !whole.startsWith('#')) tokens.push(whole)
  }
  if (tokens.length > 2000) return undefined
  const parser = new Parser(tokens)
  const query = parser.binary(0)
  return parser.done ? query : undefined
}

class Parser {
  readonly #tokens: readonly string[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  get done(): boolean {
    return this.#at === this.#tokens.length
  }

  binary(least: number): Query | undefined {
    if (++this.#depth > 100) return undefined
    let left = this.#operand()
    for (let operator = this.#peek(); left !== undefined && (precedence[operator] ?? 0) > least; operator = this.#peek()) {
      this.#at++
      this.#take('bool')
      // Which labels are joined does not matter to what is measured.
      if (this.#take('on') || this.#take('ignoring')) this.#list()
      if (this.#take('group_left') || this.#take('group_right')) this.#list()
      const right = this.binary(precedence[operator] ?? 0)
      left = right === undefined ? undefined : { kind: 'binary', operator, left, right }
    }
    this.#depth--
    return left
  }

  #operand(): Query | undefined {
    const word = this.#peek()
    if (this.#take('(')) {
      const inner = this.binary(0)
      return this.#take(')') ? inner : undefined
    }
    if (/^\d/.test(word)) {
      this.#at++
      const value = Number(word)
      return Number.isNaN(value) ? undefined : { kind: 'number', value }
    }
    if (word === '{') return this.#metric('')
    if (!/^[A-Za-z_:]/.test(word)) return undefined
    this.#at++
    return aggregations.has(word) || this.#peek() === '(' ? this.#call(word) : this.#metric(word)
  }

  /** `sum by (le) (…)` or `sum(…) by (le)`, and functions. */
  #call(name: string): Query | undefined {
    let by = this.#grouping()
    if (!this.#take('(')) return undefined
    const of: Query[] = []
    while (!this.#take(')')) {
      const argument = this.#argument()
      if (argument === undefined) return undefined
      of.push(argument)
      if (!this.#take(',') && this.#peek() !== ')') return undefined
    }
    if (by.length === 0) by = this.#grouping()
    return { kind: 'call', name, of, by }
  }

  /** A text, as of label_replace, stands for nothing here. */
  #argument(): Query | undefined {
    if (!/^["']/.test(this.#peek())) return this.binary(0)
    this.#at++
    return { kind: 'number', value: 0 }
  }

  #grouping(): readonly string[] {
    if (this.#take('by')) return this.#list() ?? []
    if (this.#take('without')) this.#list()
    return []
  }

  #list(): readonly string[] | undefined {
    if (!this.#take('(')) return undefined
    const words: string[] = []
    while (!this.done && !this.#take(')')) {
      const word = this.#tokens[this.#at++] as string
      if (word !== ',') words.push(word)
    }
    return words
  }

  #metric(name: string): Query | undefined {
    const matchers: Matcher[] = []
    let metric = name
    if (this.#take('{'))
      while (!this.#take('}')) {
        const [label = '', operator = '', value = ''] = this.#tokens.slice(this.#at, this.#at + 3)
        if (!['=', '!=', '=~', '!~'].includes(operator) || !/^["']/.test(value)) return undefined
        this.#at += 3
        const text = value.slice(1, -1).replace(/\\(.)/g, '$1')
        if (label === '__name__' && operator === '=') metric = text
        else matchers.push({ label, operator: operator as Matcher['operator'], value: text })
        if (!this.#take(',') && this.#peek() !== '}') return undefined
      }
    if (metric === '') return undefined
    let range: string | undefined
    if (this.#take('[')) {
      range = this.#tokens[this.#at++] ?? ''
      if (!this.#take(']')) return undefined
    }
    if (this.#peek() === 'offset') return undefined
    return { kind: 'metric', name: metric, matchers, ...(range === undefined ? {} : { range }) }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? ''
  }

  #take(word: string): boolean {
    if (this.#peek() !== word || this.done) return false
    this.#at++
    return true
  }
}
