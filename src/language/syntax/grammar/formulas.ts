/** The grammar of selectors, formulas and workloads: what clauses and declarations are made of. */
import { CstParser } from 'chevrotain'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'

export abstract class FormulaParser extends CstParser {
  /** `orchestrator:kind/name in namespace`; which part is which follows from the signs between them. */
  readonly workload = this.RULE('workload', () => {
    this.consume(1, t.Part, { LABEL: 'first' })
    this.OPTION(() => {
      this.CONSUME(t.Colon)
      this.consume(2, t.Part, { LABEL: 'afterColon' })
    })
    this.OPTION2(() => {
      this.CONSUME(t.Slash)
      this.consume(3, t.Part, { LABEL: 'afterSlash' })
    })
    this.OPTION3(() => {
      this.CONSUME(k.in)
      this.consume(4, t.Part, { LABEL: 'namespace' })
    })
  })

  // Selectors

  readonly selector = this.RULE('selector', () => {
    this.consume(1, t.Part, { LABEL: 'service' })
    this.OPTION1(() => {
      this.CONSUME(t.Slash, { LABEL: 'separator' })
      this.consume(2, t.Part, { LABEL: 'operation' })
      this.MANY1(() => {
        this.CONSUME1(t.Slash, { LABEL: 'operation' })
        this.consume(3, t.Part, { LABEL: 'operation' })
      })
    })
    this.OPTION2(() => {
      this.CONSUME(k.where)
      this.SUBRULE(this.predicate)
    })
    this.OPTION3(() => {
      this.OR1([
        { ALT: () => this.CONSUME(k.under) },
        {
          ALT: () => {
            this.CONSUME(k.child)
            this.CONSUME(k.of)
          },
        },
      ])
      this.SUBRULE(this.selector)
    })
  })

  readonly predicate = this.RULE('predicate', () => {
    this.SUBRULE(this.predicateOperand)
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(k.and, { LABEL: 'operator' }) }, { ALT: () => this.CONSUME(k.or, { LABEL: 'operator' }) }])
      this.SUBRULE2(this.predicateOperand)
    })
  })

  readonly predicateOperand = this.RULE('predicateOperand', () => {
    this.MANY(() => this.CONSUME(k.not))
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.LeftParen)
            this.SUBRULE(this.predicate)
            this.CONSUME(t.RightParen)
          },
        },
        {
          ALT: () => {
            this.CONSUME(k.has)
            this.consume(1, t.FieldName, { LABEL: 'field' })
          },
        },
        {
          ALT: () => {
            this.consume(2, t.FieldName, { LABEL: 'field' })
            this.OR2([
              {
                ALT: () => {
                  this.CONSUME(t.ComparisonSign)
                  this.OPTION(() => this.CONSUME(t.Minus))
                  this.OR3({
                    IGNORE_AMBIGUITIES: true,
                    DEF: [{ ALT: () => this.CONSUME(t.Literal, { LABEL: 'value' }) }, { ALT: () => this.CONSUME(t.Identifier, { LABEL: 'value' }) }],
                  })
                },
              },
              {
                ALT: () => {
                  this.CONSUME(k.matches)
                  this.CONSUME(t.TextToken, { LABEL: 'value' })
                },
              },
              {
                ALT: () => {
                  this.CONSUME(k.in)
                  this.CONSUME2(t.LeftParen)
                  this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.CONSUME2(t.Literal, { LABEL: 'value' }) })
                  this.CONSUME2(t.RightParen)
                },
              },
            ])
          },
        },
      ],
    })
  })

  // Formulas: conditions and values

  readonly formula = this.RULE('formula', () => {
    this.SUBRULE(this.operand)
    this.MANY(() => {
      this.CONSUME(t.Operator)
      this.SUBRULE2(this.operand)
    })
  })

  private readonly operands = [
    { ALT: () => this.spanValue() },
    { ALT: () => this.CONSUME(t.Literal) },
    {
      ALT: () => {
        this.CONSUME(t.LeftParen)
        this.SUBRULE(this.formula)
        this.CONSUME(t.RightParen)
      },
    },
    { ALT: () => this.SUBRULE(this.absence) },
    { ALT: () => this.SUBRULE(this.calendar) },
    { ALT: () => this.SUBRULE(this.functionCall) },
    { ALT: () => this.CONSUME(t.Identifier) },
  ]

  private readonly postfixes = [
    {
      ALT: () => {
        this.CONSUME(k.over, { LABEL: 'postfix' })
        this.SUBRULE(this.atom)
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.for, { LABEL: 'postfix' })
        this.SUBRULE2(this.atom)
      },
    },
    {
      ALT: () => {
        this.CONSUME(t.NumberToken, { LABEL: 'postfix' })
        this.CONSUME(k.times)
        this.CONSUME(k.in)
        this.SUBRULE3(this.atom)
      },
    },
  ]

  /** An operand with the `not`s before it and the `over`, `for` and `times` behind it. */
  readonly operand = this.RULE('operand', () => {
    this.MANY(() => this.CONSUME(k.not))
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: this.operands,
    })
    this.MANY2(() => {
      this.OR2(this.postfixes)
    })
  })

  readonly absence = this.RULE('absence', () => {
    this.CONSUME(k.absent)
    this.CONSUME(t.LeftParen)
    this.CONSUME(k.span)
    this.CONSUME2(t.LeftParen)
    this.SUBRULE(this.selector)
    this.CONSUME(t.RightParen)
    this.CONSUME2(t.RightParen)
    this.CONSUME(k.for)
    this.SUBRULE(this.atom)
  })

  readonly calendar = this.RULE('calendar', () => {
    this.CONSUME(k.during)
    this.OR([
      { ALT: () => this.timeSpan(1) },
      {
        ALT: () => {
          this.CONSUME(t.Identifier, { LABEL: 'day' })
          this.MANY(() => {
            this.OR2([{ ALT: () => this.CONSUME(t.Comma, { LABEL: 'day' }) }, { ALT: () => this.CONSUME(t.Minus, { LABEL: 'day' }) }])
            this.CONSUME2(t.Identifier, { LABEL: 'day' })
          })
          this.OPTION2(() => this.timeSpan(2))
        },
      },
    ])
    this.OPTION3(() => {
      this.CONSUME(k.in)
      this.CONSUME(t.TextToken)
    })
  })

  readonly functionCall = this.RULE('functionCall', () => {
    this.OR([
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(k.replicas, { LABEL: 'function' }) }, { ALT: () => this.CONSUME(k.ready, { LABEL: 'function' }) }])
          this.CONSUME(t.LeftParen)
          this.SUBRULE(this.workload)
          this.CONSUME(t.RightParen)
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.metric, { LABEL: 'function' })
          this.CONSUME2(t.LeftParen)
          this.CONSUME(t.TextToken)
          this.OPTION(() => {
            this.CONSUME(t.Comma)
            this.CONSUME(k.unit)
            this.CONSUME(t.Literal)
          })
          this.CONSUME2(t.RightParen)
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.forecast, { LABEL: 'function' })
          this.CONSUME3(t.LeftParen)
          this.SUBRULE(this.formula)
          this.CONSUME2(t.Comma)
          this.CONSUME(k.in)
          this.SUBRULE(this.atom)
          this.CONSUME3(t.RightParen)
        },
      },
      {
        ALT: () => {
          this.OR3([{ ALT: () => this.CONSUME(k.min, { LABEL: 'function' }) }, { ALT: () => this.CONSUME(k.max, { LABEL: 'function' }) }])
          this.CONSUME4(t.LeftParen)
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE2(this.formula) })
          this.CONSUME4(t.RightParen)
        },
      },
    ])
  })

  private readonly atoms = [
    { ALT: () => this.CONSUME(t.Literal) },
    { ALT: () => this.CONSUME(t.Identifier) },
    {
      ALT: () => {
        this.CONSUME(t.LeftParen)
        this.SUBRULE(this.formula)
        this.CONSUME(t.RightParen)
      },
    },
  ]

  /** A value that ends by itself: a literal, a name, or a formula in parentheses. */
  readonly atom = this.RULE('atom', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: this.atoms,
    })
  })

  // Parts of rules. `n` keeps apart several uses within one rule.

  /** `span(…).p99` */
  private spanValue(): void {
    this.CONSUME(k.span)
    this.CONSUME3(t.LeftParen)
    this.SUBRULE(this.selector)
    this.CONSUME3(t.RightParen)
    this.MANY3(() => this.SUBRULE(this.path))
  }

  readonly path = this.RULE('path', () => {
    this.CONSUME(t.Dot)
    this.CONSUME(t.Identifier)
    this.OPTION(() => {
      this.CONSUME(t.LeftParen)
      this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.formula) })
      this.CONSUME(t.RightParen)
    })
  })

  private timeSpan(n: number): void {
    this.consume(n, t.TimeToken, { LABEL: 'from' })
    this.consume(10 + n, t.Minus)
    this.consume(10 + n, t.TimeToken, { LABEL: 'to' })
  }
}
