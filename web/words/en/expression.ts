import { columnsOf, type Expression } from '../../../core/card/expression.ts'

/** What a derived column is made of, as a person would say it: "log of income", "age in 5 bins". */

/** Longer than this a formula helps nobody; then its columns are named instead. */
const longest = 100
const mostNamed = 4

export function expressionText(expression: Expression): string {
  const text = textOf(expression)
  if (text.length <= longest) return text
  const columns = [...columnsOf(expression)]
  const named = columns.slice(0, mostNamed).join(', ')
  const more = columns.length - mostNamed
  return `a formula of ${named}${more > 0 ? ` and ${more} more` : ''}`
}

type Operation = Extract<Expression, { readonly op: string }>
type Op = Operation['op']

const before: Partial<Record<Op, string>> = {
  abs: 'size of',
  exp: 'exponential of',
  ln: 'log of',
  log10: 'log (base 10) of',
  log2: 'log (base 2) of',
  sqrt: 'square root of',
  sign: 'sign of',
  sin: 'sine of',
  cos: 'cosine of',
  tan: 'tangent of',
  atan: 'arctangent of',
  tanh: 'hyperbolic tangent of',
  length: 'length of',
  days: 'days from 1970 to',
  seconds: 'seconds from midnight to',
}

const after: Partial<Record<Op, string>> = {
  square: 'squared',
  floor: 'rounded down',
  ceil: 'rounded up',
  round: 'rounded',
  uppercase: 'in capitals',
  lowercase: 'in small letters',
  trim: 'without blanks around it',
  number: 'as a number',
  missing: 'is missing',
}

const between: Partial<Record<Op, string>> = {
  add: '+',
  subtract: '−',
  multiply: '×',
  divide: '÷',
  equal: 'is',
  notEqual: 'is not',
  less: '<',
  lessOrEqual: '≤',
  greater: '>',
  greaterOrEqual: '≥',
  and: 'and',
  or: 'or',
}

function textOf(expression: Expression): string {
  if (typeof expression === 'number') return numberText(expression)
  if ('constant' in expression) return expression.constant === null ? 'missing' : `“${expression.constant}”`
  if ('column' in expression) return expression.column
  const { op } = expression
  const args = expression.args as readonly Expression[]
  const cases = casesOf(expression)
  if (cases > 2) return `${[...columnsOf(expression)].slice(0, mostNamed).join(' and ')} in ${cases} cases`
  const [first = 0, second = 0, third = 0] = args
  const lead = before[op]
  if (lead) return `${lead} ${part(first)}`
  const tail = after[op]
  if (tail) return `${part(first)} ${tail}`
  const mark = between[op]
  if (mark) return args.map(part).join(` ${mark} `)
  switch (expression.op) {
    case 'ln1p':
      return `log of (1 + ${part(first)})`
    case 'expm1':
      return `exponential of ${part(first)}, less 1`
    case 'negate':
      return `−${part(first)}`
    case 'not':
      return `not ${part(first)}`
    case 'power':
      return `${part(first)} to the power of ${part(second)}`
    case 'modulo':
      return `rest of ${part(first)} ÷ ${part(second)}`
    case 'min':
    case 'max':
      return `the ${op === 'min' ? 'least' : 'largest'} of ${args.map(textOf).join(', ')}`
    case 'substring':
      return `characters of ${part(first)}`
    case 'matches':
      return `whether ${part(first)} matches “${expression.pattern}”`
    case 'replace':
      return `${part(first)} with “${expression.pattern}” replaced`
    case 'formatNumber':
    case 'formatDate':
      return `${part(first)} written as “${expression.pattern}”`
    case 'countTerm':
      return `how often “${expression.term.join(' ')}” is in ${part(first)}`
    case 'concat':
      return `${args.map(textOf).join(', ')}, joined`
    case 'coalesce':
      return `${textOf(first)}, or where it is missing ${args.slice(1).map(textOf).join(', or ')}`
    case 'if':
      return isIndicator(expression)
        ? `whether ${condition(first)}`
        : `${textOf(second)} where ${condition(first)}, else ${textOf(third)}`
    case 'bin':
      return `${part(first)} in ${expression.labels.length} bins`
    case 'lookup':
      return `${args.map(part).join(' and ')} by a table of ${expression.rows.length} rows`
    case 'piecewise':
      return `${part(first)} along ${expression.points.length - 1} straight lines`
    // Single precision and the text of a number are the value itself to a person.
    default:
      return textOf(first)
  }
}

/** Whether an "if" gives 1 or 0 and nothing else. */
function isIndicator({ args }: Operation): boolean {
  return args[1] === 1 && args[2] === 0
}

/** An indicator of a condition is the condition. */
function condition(expression: Expression): string {
  return typeof expression === 'object' && 'op' in expression && expression.op === 'if' && isIndicator(expression)
    ? condition(expression.args[0])
    : textOf(expression)
}

/**
 * Between how many constants an expression chooses, as a chain of "if" does and so does "coalesce" of them; NaN where it
 * is anything else. Missing is no constant.
 */
function casesOf(expression: Expression): number {
  if (typeof expression === 'number') return 1
  if ('constant' in expression) return expression.constant === null ? 0 : 1
  if ('column' in expression) return Number.NaN
  const choices =
    expression.op === 'if' ? expression.args.slice(1) : expression.op === 'coalesce' ? expression.args : null
  if (choices === null) return Number.NaN
  return choices.reduce((sum: number, choice) => sum + casesOf(choice), 0)
}

/** A part of a longer formula, in brackets where it would be read wrongly without. */
function part(expression: Expression): string {
  const text = textOf(expression)
  const simple = typeof expression === 'number' ? expression >= 0 : !('op' in expression) || !/[ −]/.test(text)
  return simple ? text : `(${text})`
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−')
}
