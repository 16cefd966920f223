/**
 * The grammar of one declaration, as a chevrotain CST parser with recovery on; `grammar/scale.ebnf` is the same for people.
 *
 * Every choice is made on one token. Formulas (conditions and values alike) are parsed as a flat list of operands and operators:
 * precedence, and whether a formula is a condition or a value, is settled when the tree is built (formula.ts). That keeps the
 * number of rule invocations low, which is what parsing time is made of, and lets `(a + b) > c` and `(a > b) and c` start alike.
 *
 * Alternatives of the rules that are used most are fields, made once and not at every use.
 *
 * The declarations of a file are cut apart before (split.ts): an entry rule sees the tokens of its declaration only, without
 * its label, so no recovery runs over into the next one.
 */
import type { ILookaheadStrategy, IParserErrorMessageProvider, TokenType } from 'chevrotain'
import { CstParser, LLkLookaheadStrategy } from 'chevrotain'
import * as t from './tokens.ts'
import { keyword as k } from './tokens.ts'

/** Instead of a message the parser keeps the names of the token types that it would have taken; messages are worded later. */
const expectedNames: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.name,
  buildNotAllInputParsedMessage: () => '',
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => firstNames(expectedPathsPerAlt.flat()),
  buildEarlyExitMessage: ({ expectedIterationPaths }) => firstNames(expectedIterationPaths),
}

function firstNames(paths: readonly TokenType[][]): string {
  return [...new Set(paths.map((path) => path[0]?.name ?? ''))].join(' ')
}

/**
 * Computes what each choice looks for when it is first made. A small file makes few of the grammar's choices, and computing them all
 * is a third of what a parser costs to build.
 */
class LazyLookahead extends LLkLookaheadStrategy {
  override buildLookaheadForAlternation(options: Parameters<ILookaheadStrategy['buildLookaheadForAlternation']>[0]) {
    const build = () => super.buildLookaheadForAlternation(options)
    let decide: ReturnType<typeof build> | undefined
    // The parser is `this`, in which the decision looks at the next token.
    return function lookahead(this: unknown, alternatives: Parameters<ReturnType<typeof build>>[0]) {
      decide ??= build()
      return decide.call(this, alternatives)
    }
  }

  override buildLookaheadForOptional(options: Parameters<ILookaheadStrategy['buildLookaheadForOptional']>[0]) {
    const build = () => super.buildLookaheadForOptional(options)
    let decide: ReturnType<typeof build> | undefined
    return function lookahead(this: unknown) {
      decide ??= build()
      return decide.call(this)
    }
  }
}

export class ScaleParser extends CstParser {
  constructor(options: { readonly validate: boolean } = { validate: false }) {
    super(t.vocabulary, {
      recoveryEnabled: true,
      maxLookahead: 1,
      lookaheadStrategy: new LazyLookahead({ maxLookahead: 1 }),
      nodeLocationTracking: 'none',
      skipValidations: !options.validate,
      errorMessageProvider: expectedNames,
    })
    this.performSelfAnalysis()
  }

  // Declarations

  readonly importDeclaration = this.RULE('importDeclaration', () => {
    this.CONSUME(k.import)
    this.CONSUME(t.TextToken)
  })

  readonly letDeclaration = this.RULE('letDeclaration', () => {
    this.CONSUME(k.let)
    this.CONSUME(t.Identifier)
    this.CONSUME(t.Assign)
    this.SUBRULE(this.formula)
  })

  readonly defaultsDeclaration = this.RULE('defaultsDeclaration', () => {
    this.CONSUME(k.defaults)
    this.CONSUME(t.LeftBrace)
    this.MANY(() => this.SUBRULE(this.clause))
    this.CONSUME(t.RightBrace)
  })

  readonly targetDeclaration = this.RULE('targetDeclaration', () => {
    this.CONSUME(k.target)
    this.SUBRULE(this.workload)
    this.CONSUME(t.LeftBrace)
    this.MANY(() => this.SUBRULE(this.clause))
    this.CONSUME(t.RightBrace)
  })

  readonly scaleDeclaration = this.RULE('scaleDeclaration', () => {
    this.CONSUME(k.scale)
    this.SUBRULE(this.workload)
    this.SUBRULE(this.change)
    this.CONSUME(k.when)
    this.SUBRULE(this.formula)
    this.MANY(() => this.SUBRULE(this.clause))
  })

  readonly freezeDeclaration = this.RULE('freezeDeclaration', () => {
    this.CONSUME(k.freeze)
    this.SUBRULE(this.workload)
    this.OPTION(() => this.consume(1, t.Direction, { LABEL: 'direction' }))
    this.CONSUME(k.when)
    this.SUBRULE(this.formula)
    this.MANY(() => this.SUBRULE(this.clause))
  })

  readonly testDeclaration = this.RULE('testDeclaration', () => {
    this.CONSUME(k.test)
    this.CONSUME(t.TextToken)
    this.CONSUME(t.LeftBrace)
    this.MANY(() => this.SUBRULE(this.statement))
    this.CONSUME(t.RightBrace)
  })

  // Workloads and actions

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

  private readonly changes = [
    {
      ALT: () => {
        this.CONSUME(t.Sign, { LABEL: 'sign' })
        this.CONSUME(t.Amount, { LABEL: 'amount' })
      },
    },
    {
      ALT: () => {
        this.CONSUME(k.to)
        this.OR3([
          { ALT: () => this.CONSUME(t.NumberToken, { LABEL: 'replicas' }) },
          {
            ALT: () => {
              this.CONSUME(k.at)
              this.or(4, [{ ALT: () => this.CONSUME(k.least, { LABEL: 'bound' }) }, { ALT: () => this.CONSUME(k.most, { LABEL: 'bound' }) }])
              this.CONSUME2(t.NumberToken, { LABEL: 'replicas' })
            },
          },
          {
            ALT: () => {
              this.CONSUME(k.hold)
              this.SUBRULE(this.formula, { LABEL: 'value' })
              this.CONSUME2(k.at)
              this.SUBRULE2(this.formula, { LABEL: 'target' })
              this.OPTION(() => {
                this.CONSUME(k.per)
                this.CONSUME(k.replica)
              })
            },
          },
        ])
      },
    },
  ]

  readonly change = this.RULE('change', () => {
    this.OR(this.changes)
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

  // Clauses

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

  // Statements of tests

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

  private selected(n: number, label: string): void {
    this.consume(n, k.span)
    this.consume(n, t.LeftParen)
    this.subrule(n + 4, this.selector, { LABEL: label })
    this.consume(n, t.RightParen)
  }

  private timeSpan(n: number): void {
    this.consume(n, t.TimeToken, { LABEL: 'from' })
    this.consume(10 + n, t.Minus)
    this.consume(10 + n, t.TimeToken, { LABEL: 'to' })
  }

  private keywordAndAtom(n: number, type: TokenType): void {
    this.consume(n, type, { LABEL: 'keyword' })
    this.subrule(n, this.atom)
  }
}
