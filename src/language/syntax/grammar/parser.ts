/**
 * The grammar of one declaration, as a chevrotain CST parser with recovery on; `grammar/scale.ebnf` is the same for people.
 *
 * Every choice is made on one token. Formulas (conditions and values alike) are parsed as a flat list of operands and operators:
 * precedence, and whether a formula is a condition or a value, is settled when the tree is built (../build/climb.ts). That keeps the
 * number of rule invocations low, which is what parsing time is made of, and lets `(a + b) > c` and `(a > b) and c` start alike.
 *
 * Alternatives of the rules that are used most are fields, made once and not at every use.
 *
 * The declarations of a file are cut apart before (../split.ts): an entry rule sees the tokens of its declaration only, without
 * its label, so no recovery runs over into the next one.
 */
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { expectedNames, LazyLookahead } from './lookahead.ts'
import { StatementParser } from './statements.ts'

export class ScaleParser extends StatementParser {
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
    // Left out only after `to hold`; of other actions ../declaration.ts demands it, since one token does not tell them apart here.
    this.OPTION(() => {
      this.CONSUME(k.when)
      this.SUBRULE(this.formula)
    })
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
}
