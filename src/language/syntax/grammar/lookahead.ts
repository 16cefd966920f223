/** How the parser decides, and what it says of a token that it cannot take. */
import type { ILookaheadStrategy, IParserErrorMessageProvider, TokenType } from 'chevrotain'
import { LLkLookaheadStrategy } from 'chevrotain'

/** Instead of a message the parser keeps the names of the token types that it would have taken; messages are worded later. */
export const expectedNames: IParserErrorMessageProvider = {
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
export class LazyLookahead extends LLkLookaheadStrategy {
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
