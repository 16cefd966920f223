/** The parser's grammar as plain data: what it says of itself, for whoever asks what may come next. New grammar is in it without new code. */
import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type TokenType,
} from 'chevrotain'
import { scaleParser } from '../syntax/declaration.ts'

export type Step =
  | { readonly kind: 'token'; readonly type: TokenType; readonly label: string | undefined }
  | { readonly kind: 'rule'; readonly name: string; readonly label: string | undefined }
  | { readonly kind: 'choice'; readonly of: readonly Steps[] }
  /** None, one or more of it. */
  | { readonly kind: 'repeat'; readonly body: Steps }
  | { readonly kind: 'option'; readonly body: Steps }

export type Steps = readonly Step[]

export interface Grammar {
  /** By the name of the rule. */
  readonly rules: ReadonlyMap<string, Steps>
  /** Rules of declarations, by the keyword that they begin with. */
  readonly declarations: ReadonlyMap<string, string>
}

let grammar: Grammar | undefined

/** Read from the parser when first asked for. */
export function grammarOfScale(): Grammar {
  grammar ??= readGrammar()
  return grammar
}

function readGrammar(): Grammar {
  const productions = Object.values(scaleParser().getGAstProductions())
  const rules = new Map(productions.map(({ name, definition }) => [name, stepsOf(definition)]))
  const declarations = new Map<string, string>()
  for (const [name, [first]] of rules) if (name.endsWith('Declaration') && first?.kind === 'token') declarations.set(first.type.name, name)
  return { rules, declarations }
}

function stepsOf(definition: readonly IProduction[]): Steps {
  return definition.flatMap(stepOf)
}

function stepOf(production: IProduction): Steps {
  if (production instanceof Terminal) return [{ kind: 'token', type: production.terminalType, label: production.label }]
  if (production instanceof NonTerminal) return [{ kind: 'rule', name: production.nonTerminalName, label: production.label }]
  if (production instanceof Alternation) return [{ kind: 'choice', of: production.definition.map(stepOf) }]
  if (production instanceof Alternative) return stepsOf(production.definition)
  if (production instanceof Option) return [{ kind: 'option', body: stepsOf(production.definition) }]
  if (production instanceof Repetition) return [{ kind: 'repeat', body: stepsOf(production.definition) }]
  if (production instanceof RepetitionMandatory) {
    const body = stepsOf(production.definition)
    return [...body, { kind: 'repeat', body }]
  }
  if (production instanceof RepetitionWithSeparator) return [{ kind: 'option', body: listOf(production) }]
  if (production instanceof RepetitionMandatoryWithSeparator) return listOf(production)
  throw new Error(`a production of a sort that is not known: ${production.constructor.name}`)
}

function listOf({ definition, separator }: { readonly definition: readonly IProduction[]; readonly separator: TokenType }): Steps {
  const body = stepsOf(definition)
  return [...body, { kind: 'repeat', body: [{ kind: 'token', type: separator, label: undefined }, ...body] }]
}
