import * as z from 'zod/mini'

/**
 * Public transformations: how a derived column comes from a record's other columns. They run in the analyst's browser,
 * before anything is encrypted, and stand on the card. The language is small and total: no loops, no state, no access
 * to anything but the record.
 *
 * A value is a number (an IEEE double), a text, or missing (null). Missing makes every operation missing, except where
 * it says otherwise. True is the number 1, and everything else that is not missing is false. What is not a finite
 * number counts as missing, and so does a text of more than 10,000 characters.
 */
export const longestText = 10_000

export const unaryOperations = [
  'negate',
  'abs',
  'exp',
  'expm1',
  'ln',
  'ln1p',
  'log10',
  'log2',
  'sqrt',
  'square',
  'floor',
  'ceil',
  'round',
  'sign',
  'sin',
  'cos',
  'tan',
  'atan',
  'tanh',
  'float32',
  'not',
  'uppercase',
  'lowercase',
  'trim',
  'number',
  'text',
  'length',
  'days',
  'seconds',
] as const
export const variadicOperations = ['add', 'multiply', 'min', 'max', 'and', 'or', 'concat', 'coalesce'] as const
export const binaryOperations = [
  'subtract',
  'divide',
  'power',
  'modulo',
  'equal',
  'notEqual',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
] as const

export type Expression =
  /** A constant. */
  | number
  | { readonly constant: string | null }
  /** A feature, or a derived column that stands earlier in the list. */
  | { readonly column: string }
  /**
   * 'float32' rounds to the nearest single; 'round' takes halves away from zero; 'number' reads a text by the decimal
   * grammar; 'text' writes a number in its shortest form; 'length' counts a text's characters; 'days' reads the date of a
   * text as days since 1970-01-01, 'seconds' its time as seconds since midnight.
   */
  | { readonly op: (typeof unaryOperations)[number]; readonly args: readonly [Expression] }
  /** 'coalesce' is its first argument that is not missing; 'concat' joins texts. */
  | { readonly op: (typeof variadicOperations)[number]; readonly args: readonly Expression[] }
  | { readonly op: (typeof binaryOperations)[number]; readonly args: readonly [Expression, Expression] }
  /** Of a text, so many characters from a place on; the first is at 1. */
  | { readonly op: 'substring'; readonly args: readonly [Expression, Expression, Expression] }
  /** 1 where some part of a text matches a pattern (`pattern.ts`), else 0. */
  | { readonly op: 'matches'; readonly args: readonly [Expression]; readonly pattern: string }
  /**
   * A text with every match replaced by texts and groups (numbers; 0 is the whole match). `repeat`: again until nothing
   * changes.
   */
  | {
      readonly op: 'replace'
      readonly args: readonly [Expression]
      readonly pattern: string
      readonly by: readonly (string | number)[]
      readonly repeat?: boolean | undefined
    }
  /** A number as a text, by a pattern of printf (`numberFormat.ts`). */
  | { readonly op: 'formatNumber'; readonly args: readonly [Expression]; readonly pattern: string }
  /** Days since 1970-01-01 and seconds since midnight as a text, by a pattern of strftime (`dates.ts`). */
  | { readonly op: 'formatDate'; readonly args: readonly [Expression, Expression]; readonly pattern: string }
  /** How often the words of a term stand one after the other among a text's words (`words.ts`). */
  | {
      readonly op: 'countTerm'
      readonly args: readonly [Expression]
      readonly term: readonly string[]
      readonly words: { readonly by: 'words' | 'separators'; readonly pattern: string }
    }
  /** 1 where the argument is missing, else 0. */
  | { readonly op: 'missing'; readonly args: readonly [Expression] }
  /** The second where the first is true, the third where it is false or missing. */
  | { readonly op: 'if'; readonly args: readonly [Expression, Expression, Expression] }
  /**
   * The text of the interval that a number falls in: `labels` has one more member than `edges`, which ascend. An edge
   * itself belongs to the interval above it when closed on the left, below it when closed on the right.
   */
  | {
      readonly op: 'bin'
      readonly args: readonly [Expression]
      readonly edges: readonly number[]
      readonly closed: 'left' | 'right'
      readonly labels: readonly string[]
    }
  /** The last member of the first row whose other members equal the arguments; else `otherwise`. */
  | {
      readonly op: 'lookup'
      readonly args: readonly Expression[]
      readonly rows: readonly (readonly (string | number)[])[]
      readonly otherwise?: string | number | null | undefined
    }
  /**
   * Straight lines through points of ascending x. Beyond the ends: the end's line goes on, the end's value stays, or
   * the value is missing.
   */
  | {
      readonly op: 'piecewise'
      readonly args: readonly [Expression]
      readonly points: readonly (readonly [number, number])[]
      readonly outside: 'extend' | 'clamp' | 'missing'
    }

/**
 * Operations stand apart by their `op`, so that reading takes time in proportion to the length of an expression: trying
 * one shape after the other would take a multiple of it at every level. How deep one may go is the reader's to limit
 * (`nesting.ts`).
 */
const arg: z.ZodMiniType<Expression> = z.lazy(() => expression)
const finite = z.number()
const short = z.string().check(z.maxLength(400))
const pattern = z.string().check(z.maxLength(longestText))

const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum([...unaryOperations, 'missing']), args: z.tuple([arg]) }),
  z.strictObject({ op: z.enum(variadicOperations), args: z.array(arg).check(z.minLength(1), z.maxLength(1000)) }),
  z.strictObject({ op: z.enum(binaryOperations), args: z.tuple([arg, arg]) }),
  z.strictObject({ op: z.enum(['if', 'substring']), args: z.tuple([arg, arg, arg]) }),
  z.strictObject({ op: z.enum(['matches', 'formatNumber']), args: z.tuple([arg]), pattern }),
  z.strictObject({ op: z.literal('formatDate'), args: z.tuple([arg, arg]), pattern }),
  z.strictObject({
    op: z.literal('replace'),
    args: z.tuple([arg]),
    pattern,
    by: z.array(z.union([short, z.int().check(z.gte(0), z.lte(99))])).check(z.maxLength(200)),
    repeat: z.optional(z.boolean()),
  }),
  z.strictObject({
    op: z.literal('countTerm'),
    args: z.tuple([arg]),
    term: z.array(short).check(z.minLength(1), z.maxLength(100)),
    words: z.strictObject({ by: z.enum(['words', 'separators']), pattern }),
  }),
  z.strictObject({
    op: z.literal('bin'),
    args: z.tuple([arg]),
    edges: z.array(finite).check(z.maxLength(5000)),
    closed: z.enum(['left', 'right']),
    labels: z.array(short).check(z.minLength(1), z.maxLength(5001)),
  }),
  z.strictObject({
    op: z.literal('lookup'),
    args: z.array(arg).check(z.minLength(1), z.maxLength(20)),
    rows: z.array(z.array(z.union([finite, short])).check(z.maxLength(21))).check(z.maxLength(20000)),
    otherwise: z.optional(z.union([finite, short, z.null()])),
  }),
  z.strictObject({
    op: z.literal('piecewise'),
    args: z.tuple([arg]),
    points: z.array(z.tuple([finite, finite])).check(z.minLength(2), z.maxLength(5000)),
    outside: z.enum(['extend', 'clamp', 'missing']),
  }),
])

export const expression: z.ZodMiniType<Expression> = z.union([
  finite,
  z.strictObject({ constant: z.union([short, z.null()]) }),
  z.strictObject({ column: short }),
  operation,
]) as unknown as z.ZodMiniType<Expression>

/** The names of the columns that an expression uses, in the order of their first use. */
export function columnsOf(expression: Expression): Set<string> {
  const names = new Set<string>()
  const visit = (part: Expression): void => {
    if (typeof part === 'number' || 'constant' in part) return
    if ('column' in part) names.add(part.column)
    else part.args.forEach(visit)
  }
  visit(expression)
  return names
}
