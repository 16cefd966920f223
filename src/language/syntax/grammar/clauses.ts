/** The grammar of clauses. Which may stand where is the checker's business. */
import type { TokenType } from 'chevrotain'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { FormulaParser } from './formulas.ts'

export abstract class ClauseParser extends FormulaParser {
  private readonly clauses = [
    { ALT: () => this.keywordAndAtom(1, k.every) },
    { ALT: () => this.keywordAndAtom(2, k.cooldown) },
    {
      ALT: () => {
        this.CONSUME(k.namespace, { LABEL: 'keyword' })
        this.consume(1, t.Part, { LABEL: 'name' })
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.at, { LABEL: 'keyword' })
        this.CONSUME(k.least)
        this.CONSUME(t.NumberToken, { LABEL: 'number' })
        this.CONSUME(k.spans)
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.on, { LABEL: 'keyword' })
        this.CONSUME(k.missing)
        this.OR2([
          { ALT: () => this.CONSUME(k.hold) },
          {
            ALT: () => {
              this.CONSUME(k.floor)
              this.CONSUME2(t.NumberToken, { LABEL: 'number' })
              this.CONSUME(k.after)
              this.SUBRULE3(this.atom)
            },
          },
        ])
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.priority, { LABEL: 'keyword' })
        this.CONSUME3(t.NumberToken, { LABEL: 'number' })
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.between, { LABEL: 'keyword' })
        this.CONSUME4(t.NumberToken, { LABEL: 'number' })
        this.CONSUME(k.and)
        this.CONSUME5(t.NumberToken, { LABEL: 'number' })
      },
    },
    { ALT: () => this.CONSUME(k.observe, { LABEL: 'keyword' }) },
    {
      ALT: () => {
        this.CONSUME(t.Direction, { LABEL: 'keyword' })
        this.CONSUME2(k.at)
        this.CONSUME(k.most)
        this.OPTION(() => this.CONSUME(t.Sign, { LABEL: 'sign' }))
        this.CONSUME(t.Amount, { LABEL: 'number' })
        this.CONSUME(k.per)
        this.SUBRULE4(this.atom)
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.stable, { LABEL: 'keyword' })
        this.SUBRULE5(this.atom)
        this.CONSUME(k.before)
        this.consume(6, t.Direction, { LABEL: 'direction' })
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.settle, { LABEL: 'keyword' })
        this.CONSUME(k.within)
        this.SUBRULE6(this.atom)
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.mode, { LABEL: 'keyword' })
        this.CONSUME(t.Identifier, { LABEL: 'name' })
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.combine, { LABEL: 'keyword' })
        this.CONSUME2(t.Identifier, { LABEL: 'name' })
      },
    },
  ]

  readonly clause = this.RULE('clause', () => {
    this.OR(this.clauses)
  })

  private keywordAndAtom(n: number, type: TokenType): void {
    this.consume(n, type, { LABEL: 'keyword' })
    this.subrule(n, this.atom)
  }
}
