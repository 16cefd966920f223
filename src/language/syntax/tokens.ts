/**
 * The vocabulary of SCALE.
 *
 * The lexer knows words, literals and signs only. Which words are keywords, and what sort of literal a word that starts with
 * a digit is, is decided by look-up afterwards (lex.ts): one regular expression a token instead of eighty, and a keyword
 * stays a `Word` everywhere, so that services, operations and rules may be called `scale`, `every` or `count`.
 */
import type { TokenType } from 'chevrotain'
import { createToken, Lexer } from 'chevrotain'

const category = (name: string, ...categories: TokenType[]): TokenType => createToken({ name, pattern: Lexer.NA, categories })

// Categories. Where the grammar takes one of several tokens it consumes their category, which costs less than a choice.

/** A service, an operation, a part of a workload: a word, or text in quotes. */
export const Part = category('Part')
/** A field of a span: a name, or text in quotes. */
export const FieldName = category('FieldName')
/** Names, keywords, words that start with a digit. */
export const Word = category('Word', Part)
/** A word that starts with a letter: names and keywords. */
export const Identifier = category('Identifier', Word, FieldName)
export const Literal = category('Literal')
/** A number of replicas, or a share of them. */
export const Amount = category('Amount')
/** Whatever joins two operands of a formula. */
export const Operator = category('Operator')
export const ComparisonSign = category('ComparisonSign', Operator)
/** `+` and `-` */
export const Sign = category('Sign')
/** `up` and `down` */
export const Direction = category('Direction')

export const Name = createToken({
  name: 'Name',
  pattern: /[A-Za-z_]\w*(?:[-.]+\w+)*/,
  categories: [Identifier],
})

/** Every word that starts with a digit; lex.ts tells which literal it is. */
export const DigitWord = createToken({
  name: 'DigitWord',
  pattern: /\d+(?:\.\d+)?(?:%|\/(?:s|min|h)\b|:\d\d\b|[A-Za-z_µ][\wµ]*(?:[-.]\w+)*)?/,
  categories: [Word],
})
/** A word with wildcards, which only a selector holds; lex.ts joins its pieces. */
export const Pattern = createToken({ name: 'Pattern', pattern: Lexer.NA, categories: [Word] })
const digit = (name: string, ...categories: TokenType[]): TokenType => createToken({ name, pattern: Lexer.NA, categories: [Word, Literal, ...categories] })
export const NumberToken = digit('Number', Amount)
export const DurationToken = digit('Duration')
export const SizeToken = digit('Size')
export const RatioToken = createToken({ name: 'Ratio', pattern: Lexer.NA, categories: [Literal, Amount] })
export const RateToken = createToken({ name: 'Rate', pattern: Lexer.NA, categories: [Literal] })
export const TimeToken = createToken({ name: 'TimeOfDay', pattern: Lexer.NA })
export const TextToken = createToken({ name: 'Text', pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/, categories: [Literal, Part, FieldName] })

/** Text without its closing quote: ends with its line. */
export const OpenText = createToken({ name: 'OpenText', pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*\\?/ })
/** A habit of other languages. */
export const SingleQuoted = createToken({ name: 'SingleQuoted', pattern: /'[^'\r\n]*'/ })

const sign = (name: string, pattern: string | RegExp, ...categories: TokenType[]): TokenType => createToken({ name, pattern, categories })
export const LeftBrace = sign('LeftBrace', '{')
export const RightBrace = sign('RightBrace', '}')
export const LeftParen = sign('LeftParen', '(')
export const RightParen = sign('RightParen', ')')
export const LeftBracket = sign('LeftBracket', '[')
export const RightBracket = sign('RightBracket', ']')
export const Comma = sign('Comma', ',')
export const Colon = sign('Colon', ':')
export const Semicolon = sign('Semicolon', ';')
export const Dot = sign('Dot', '.')
export const PlusMinus = sign('PlusMinus', '±')
export const Plus = sign('Plus', '+', Operator, Sign)
export const Minus = sign('Minus', '-', Operator, Sign)
export const Slash = sign('Slash', '/', Operator)
export const Star = sign('Star', '*', Operator)
export const Equal = sign('Equal', '==', ComparisonSign)
export const NotEqual = sign('NotEqual', '!=', ComparisonSign)
export const LessEqual = sign('LessEqual', '<=', ComparisonSign)
export const GreaterEqual = sign('GreaterEqual', '>=', ComparisonSign)
export const Less = sign('Less', '<', ComparisonSign)
export const Greater = sign('Greater', '>', ComparisonSign)
export const Assign = sign('Assign', '=')
// Habits of other languages, lexed so that they can be answered.
export const AndAnd = sign('AndAnd', '&&')
export const OrOr = sign('OrOr', '||')
export const Bang = sign('Bang', '!')
export const Percent = sign('Percent', '%')

/** Signs as word processors and mathematicians write them, with what they are here. */
export const lookAlikes: Readonly<Record<string, TokenType>> = {
  ...{ '≥': GreaterEqual, '⩾': GreaterEqual, '≧': GreaterEqual, '≤': LessEqual, '⩽': LessEqual, '≦': LessEqual, '≠': NotEqual },
  ...{ '×': Star, '⋅': Star, '·': Star, '÷': Slash, '−': Minus, '–': Minus, '—': Minus },
}
export const LookAlike = createToken({ name: 'LookAlike', pattern: new RegExp(`[${Object.keys(lookAlikes).join('')}]`) })
/** Text in the quotes that editors of prose put in the place of straight ones. */
export const CurlyQuoted = createToken({
  name: 'CurlyQuoted',
  pattern: /[\u201c\u201d\u201e\u00ab\u2018\u2019\u201a][^\u201c\u201d\u00bb\u2018\u2019\r\n]*[\u201c\u201d\u00bb\u2018\u2019]/,
})

export const keywords = [
  ...(['language', 'import', 'let', 'defaults', 'target', 'scale', 'freeze', 'test'] as const),
  ...(['when', 'to', 'at', 'least', 'most', 'hold', 'per', 'replica', 'up', 'down', 'in', 'and', 'or', 'not'] as const),
  ...(['span', 'where', 'under', 'child', 'of', 'has', 'matches', 'over', 'for', 'times', 'absent', 'during'] as const),
  ...(['replicas', 'ready', 'metric', 'unit', 'forecast', 'min', 'max', 'true', 'false'] as const),
  ...(['every', 'cooldown', 'spans', 'on', 'missing', 'floor', 'after', 'priority', 'between', 'observe', 'stable', 'before'] as const),
  ...(['settle', 'within', 'mode', 'combine', 'namespace'] as const),
  ...(['given', 'load', 'taking', 'failing', 'from', 'replay', 'pause', 'expect', 'by', 'throughout', 'no', 'action', 'fires', 'unknown'] as const),
] as const
export type Keyword = (typeof keywords)[number]

const extraCategories: Partial<Record<Keyword, TokenType>> = {
  and: Operator,
  or: Operator,
  true: Literal,
  false: Literal,
  up: Direction,
  down: Direction,
}

/** The token type of each keyword; its name is the keyword itself. */
export const keyword = Object.fromEntries(
  keywords.map((name) => {
    const extra = extraCategories[name]
    return [name, createToken({ name, pattern: Lexer.NA, categories: extra === undefined ? [Identifier] : [Identifier, extra] })]
  }),
) as Record<Keyword, TokenType>

const blank = createToken({ name: 'Blank', pattern: /[ \t\r\n\f\u00a0\ufeff]+/, group: Lexer.SKIPPED, line_breaks: true })
/** A comment of other languages: a `#` at the start of a word. */
const hashComment = createToken({
  name: 'HashComment',
  pattern: (text: string, offset: number) =>
    offset === 0 || /\s/.test(text[offset - 1] ?? '') ? /^#[^\r\n]*/.exec(text.slice(offset, endOfLine(text, offset))) : null,
  start_chars_hint: ['#'],
  line_breaks: false,
  group: 'hashes',
})

function endOfLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  return newline < 0 ? text.length : newline
}

const comment = createToken({ name: 'Comment', pattern: /\/\/[^\r\n]*/, group: 'comments' })

/** What the lexer tries, in this order. */
export const lexed: TokenType[] = [
  ...[blank, Name, DigitWord, comment, TextToken, OpenText, SingleQuoted, LeftParen, RightParen, Slash, Dot, LeftBrace, RightBrace, Comma, Colon],
  ...[Equal, NotEqual, LessEqual, GreaterEqual, Less, Greater, Assign, Plus, Minus, Star, PlusMinus, AndAnd, OrOr, Bang],
  ...[LeftBracket, RightBracket, Semicolon, Percent, LookAlike, CurlyQuoted, hashComment],
]

/** What the parser consumes. */
export const vocabulary: TokenType[] = [
  ...[
    Part,
    FieldName,
    Word,
    Identifier,
    Literal,
    Amount,
    Operator,
    ComparisonSign,
    Sign,
    Direction,
    NumberToken,
    DurationToken,
    SizeToken,
    RatioToken,
    RateToken,
    TimeToken,
    Pattern,
  ],
  ...lexed,
  ...Object.values(keyword),
]
