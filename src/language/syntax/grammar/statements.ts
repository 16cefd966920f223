/** The grammar of the statements of test blocks. */
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { ClauseParser } from './clauses.ts'

export abstract class StatementParser extends ClauseParser {
  private readonly statements = [
    {
      ALT: () => {
        this.CONSUME(k.given, { LABEL: 'keyword' })
        this.OR2({
          IGNORE_AMBIGUITIES: true,
          DEF: [
            {
              ALT: () => {
                this.CONSUME(k.ready)
                this.CONSUME(k.after)
                this.SUBRULE(this.atom)
              },
            },
            {
              ALT: () => {
                this.SUBRULE(this.workload)
                this.CONSUME(k.at)
                this.CONSUME(t.NumberToken)
              },
            },
          ],
        })
      },
    },
    { ALT: () => this.SUBRULE(this.loadStatement) },
    {
      ALT: () => {
        this.CONSUME(k.replay, { LABEL: 'keyword' })
        this.CONSUME(t.TextToken)
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.pause, { LABEL: 'keyword' })
        this.SUBRULE2(this.atom)
        this.CONSUME(k.to)
        this.SUBRULE3(this.atom)
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.expect, { LABEL: 'keyword' })
        this.OR3({
          IGNORE_AMBIGUITIES: true,
          DEF: [{ ALT: () => this.SUBRULE(this.expectAction) }, { ALT: () => this.SUBRULE(this.expectSubject) }],
        })
      },
    },
  ]

  readonly statement = this.RULE('statement', () => {
    this.OR(this.statements)
  })

  readonly loadStatement = this.RULE('loadStatement', () => {
    this.CONSUME(k.load)
    this.selected(1, 'selector')
    this.CONSUME(k.at)
    this.SUBRULE(this.atom, { LABEL: 'rate' })
    this.CONSUME(k.taking)
    this.SUBRULE2(this.atom, { LABEL: 'duration' })
    this.OPTION(() => {
      this.CONSUME(t.PlusMinus)
      this.CONSUME(t.RatioToken, { LABEL: 'jitter' })
    })
    this.OPTION2(() => {
      this.CONSUME(k.failing)
      this.CONSUME2(t.RatioToken, { LABEL: 'failures' })
    })
    this.OPTION3(() => {
      this.CONSUME(k.under)
      this.selected(2, 'ancestor')
    })
    this.CONSUME(k.from)
    this.SUBRULE3(this.atom, { LABEL: 'start' })
    this.CONSUME(k.to)
    this.SUBRULE4(this.atom, { LABEL: 'end' })
  })

  /** `[no] action [on W] [before T | after T | between A and B]` */
  readonly expectAction = this.RULE('expectAction', () => {
    this.OPTION(() => this.CONSUME(k.no))
    this.CONSUME(k.action)
    this.OPTION2(() => {
      this.CONSUME(k.on)
      this.SUBRULE(this.workload)
    })
    this.OPTION3(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(k.before)
            this.SUBRULE(this.atom)
          },
        },
        {
          ALT: () => {
            this.CONSUME(k.after)
            this.SUBRULE2(this.atom)
          },
        },
        {
          ALT: () => {
            this.CONSUME(k.between)
            this.SUBRULE3(this.atom)
            this.CONSUME(k.and)
            this.SUBRULE4(this.atom)
          },
        },
      ])
    })
  })

  /** What is expected of a workload, or of a rule: both begin with a name, so what follows decides. */
  readonly expectSubject = this.RULE('expectSubject', () => {
    this.SUBRULE(this.workload)
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.at)
          this.CONSUME(t.NumberToken)
          this.CONSUME(k.by)
          this.SUBRULE(this.atom)
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.between)
          this.CONSUME2(t.NumberToken)
          this.CONSUME(k.and)
          this.CONSUME3(t.NumberToken)
          this.CONSUME(k.throughout)
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.fires)
          this.OPTION(() => {
            this.OPTION2(() => {
              this.CONSUME2(k.at)
              this.CONSUME(k.most)
            })
            this.CONSUME4(t.NumberToken)
            this.CONSUME(k.times)
          })
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.unknown)
          this.CONSUME3(k.at)
          this.SUBRULE2(this.atom)
        },
      },
    ])
  })

  private selected(n: number, label: string): void {
    this.consume(n, k.span)
    this.consume(n, t.LeftParen)
    this.subrule(n + 4, this.selector, { LABEL: label })
    this.consume(n, t.RightParen)
  }
}
