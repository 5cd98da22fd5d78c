import type { Expression } from '../../core/card/expression.ts'
import type { DerivedColumn, ExtendedHead, ExtendedModel, ExtendedTerm } from '../extended.ts'
import type { Column, Operand } from './columns.ts'
import { fail } from './faults.ts'
import type { Heads } from './heads.ts'
import type { Input } from './inputs.ts'
import { limits } from './limits.ts'
import type { Run } from './run.ts'
import { argsOf, inputOf, type Usage, usageOf } from './usage.ts'

/** A model's features, derived columns and heads, from what the graph came to. */
export type Parts = Pick<ExtendedModel, 'features' | 'derived' | 'heads' | 'link' | 'responses' | 'label'>

/** An expression deeper than this goes on in a derived column of its own. */
const deepest = 20
const longestName = 120

export function emit(
  run: Run,
  inputs: readonly Input[],
  heads: Heads,
  ranges: ReadonlyMap<string, readonly [number, number]>,
): Parts {
  const usage = usageOf(run, heads.forms, inputs)
  const needed = new Set(usage.columns.flatMap((column) => inputOf(column) ?? []))
  if (needed.size === 0) fail('model/unsupported', 'inputsUnused')
  const writer = new Writer(run, inputs, usage)
  const terms = heads.forms.map((form) => [...form.terms].map(([column, weight]) => writer.term(column, weight)))
  const features = inputs.flatMap((input, at) => (needed.has(at) ? [featureOf(input, at, usage, ranges)] : []))
  const names = heads.names
  return {
    features,
    ...(writer.derived.length > 0 && { derived: writer.derived }),
    heads: heads.forms.map(
      (form, i): ExtendedHead => ({
        ...(names && { name: names[i] as string }),
        intercept: form.constant,
        terms: terms[i] as ExtendedTerm[],
      }),
    ),
    link: heads.link,
    ...(names && { responses: names }),
    ...(heads.label && { label: true }),
  }
}

function featureOf(
  input: Input,
  at: number,
  usage: Usage,
  ranges: ReadonlyMap<string, readonly [number, number]>,
): ExtendedModel['features'][number] {
  const { name } = input
  const aliases = input.aliases.length > 0 ? { aliases: input.aliases } : {}
  const missing = usage.missing.get(at)
  if (input.type === 'string') {
    const levels = [...(usage.texts.get(at) ?? [])].filter((text) => text !== '')
    if (levels.length === 0) {
      fail('model/unsupported', 'textWithoutValues', { input: name })
    }
    return {
      name,
      ...aliases,
      type: 'category',
      levels,
      unknown: usage.open.has(at) ? 'reference' : 'refuse',
      ...(missing === 'keep' && { missing }),
    }
  }
  if (input.type === 'bool') return { name, ...aliases, type: 'category', levels: truths.map(([text]) => text) }
  const range = ranges.get(name)
  return {
    name,
    ...aliases,
    type: input.type === 'float' || input.type === 'double' ? 'number' : 'integer',
    ...(range && { range }),
    ...(missing && { missing }),
  }
}

/** How a CSV may write a truth value, and the number that it is. */
const truths = [
  ...['true', 'True', 'TRUE', '1'].map((text) => [text, 1] as const),
  ...['false', 'False', 'FALSE', '0'].map((text) => [text, 0] as const),
]

/** Writes columns as expressions, and those that are named, shared or deep as derived columns. */
class Writer {
  readonly derived: DerivedColumn[] = []
  readonly #run: Run
  readonly #inputs: readonly Input[]
  readonly #usage: Usage
  readonly #names: Set<string>
  /** How many derived columns would have the same name. */
  readonly #counts = new Map<string, number>()
  readonly #expressions = new Map<Column, { expression: Expression; size: number; depth: number }>()
  readonly #derivedNames = new Map<Column, string>()
  readonly #categories = new Map<Column, string>()
  /** Filled in the order of making, so that asking goes one step deep. */
  readonly #texts = new Map<Column, boolean>()

  constructor(run: Run, inputs: readonly Input[], usage: Usage) {
    this.#run = run
    this.#inputs = inputs
    this.#usage = usage
    this.#names = new Set(inputs.flatMap(({ name, aliases }) => [name, ...aliases]))
    for (const column of usage.columns) this.#write(column)
  }

  term(column: Column, weight: number): ExtendedTerm {
    if (column.op === 'indicator') {
      const [of] = argsOf(column) as [Column]
      return { feature: this.#category(of), level: column.args[1] as string, weight }
    }
    return { feature: this.#feature(column) ?? (this.#derivedNames.get(column) as string), weight }
  }

  /** The feature that a column is, when a term may name it. */
  #feature(column: Column): string | undefined {
    if (column.op !== 'input') return undefined
    const at = inputOf(column) as number
    const input = this.#inputs[at]
    return this.#usage.missing.get(at) === 'keep' || input?.type === 'bool' ? undefined : input?.name
  }

  /** Columns come in the order of their making, so what a column uses is written already. */
  #write(column: Column): void {
    const { atoms, uses } = this.#usage
    this.#isText(column)
    const args = column.args.map((arg) => this.#arg(arg))
    const size = 1 + args.reduce((sum, arg) => sum + arg.size, 0)
    const depth = 1 + args.reduce((most, arg) => Math.max(most, arg.depth), 0)
    const expression = this.#filled(column)
      ? (args[0]?.expression as Expression)
      : this.#expression(
          column,
          args.map((arg) => arg.expression),
        )
    const isAtom = atoms.has(column) && column.op !== 'indicator' && this.#feature(column) === undefined
    const isShared = (uses.get(column) ?? 0) > 1 && size > 3
    if (isAtom || ((isShared || depth > deepest) && !this.#isText(column))) {
      const name = this.#fresh(column)
      this.#derivedNames.set(column, name)
      this.derived.push({
        name,
        type: 'number',
        expression,
        ...(column.bounds && { range: column.bounds }),
        // A step on the way may be missing where a choice passes it by.
        ...(!isAtom && { missing: 'keep' as const }),
      })
      this.#expressions.set(column, { expression: { column: name }, size: 1, depth: 1 })
      return
    }
    if (size > limits.expression) {
      fail('model/unsupported', 'columnSteps', { most: limits.expression })
    }
    this.#expressions.set(column, { expression, size, depth })
  }

  #filled(column: Column): boolean {
    return this.#usage.filled.has(column)
  }

  #arg(arg: Operand): { expression: Expression; size: number; depth: number } {
    if (typeof arg === 'object' && arg !== null) {
      return this.#expressions.get(arg) as { expression: Expression; size: number; depth: number }
    }
    return { expression: constant(arg), size: 1, depth: 1 }
  }

  #expression(column: Column, args: readonly Expression[]): Expression {
    const { op, detail } = column
    if (detail && 'input' in detail) {
      const input = this.#inputs[detail.input] as Input
      const cell: Expression = { column: input.name }
      if (input.type === 'bool') return { op: 'lookup', args: [cell], rows: truths }
      // A text input that knows the empty text: an empty cell is that text.
      return this.#usage.texts.get(detail.input)?.has('') ? { op: 'coalesce', args: [cell, { constant: '' }] } : cell
    }
    if (op === 'indicator') {
      const [of] = argsOf(column) as [Column]
      return { op: 'equal', args: [this.#isText(of) ? args[0] : { op: 'text', args }, args[1]] } as Expression
    }
    const plain = { op, args: args.length > 1000 ? nested(op, args) : args, ...detail } as Expression
    if (!comparisons.has(op) || !column.inputs.some((at) => this.#usage.missing.get(at) === 'keep')) return plain
    // NaN is unequal to everything, and neither above nor below it.
    return { op: 'coalesce', args: [plain, op === 'notEqual' ? 1 : 0] }
  }

  /** The category whose levels a column's texts are: the feature itself, or a derived one. */
  #category(of: Column): string {
    const known = this.#categories.get(of)
    if (known !== undefined) return known
    const direct = this.#isText(of) ? this.#feature(of) : undefined
    const name = direct ?? this.#fresh(of, of.op === 'bin' ? 'bins' : 'levels')
    if (direct === undefined) {
      const category = this.#run.categories.get(of)
      const { expression } = this.#expressions.get(of) as { expression: Expression }
      this.derived.push({
        name,
        type: 'category',
        expression: this.#isText(of) ? expression : { op: 'text', args: [expression] },
        levels: [...(category?.levels ?? [])],
        unknown: category?.unknown ?? 'refuse',
      })
    }
    this.#categories.set(of, name)
    return name
  }

  #isText(column: Column): boolean {
    const known = this.#texts.get(column)
    if (known !== undefined) return known
    const isText = this.#givesText(column)
    this.#texts.set(column, isText)
    return isText
  }

  #givesText(column: Column): boolean {
    const { op, detail, args } = column
    if (detail && 'input' in detail) return this.#inputs[detail.input]?.type === 'string'
    if (op === 'bin' || op === 'text' || op === 'concat') return true
    if (detail && 'rows' in detail) return typeof detail.rows[0]?.at(-1) === 'string'
    const value = op === 'if' ? args[1] : op === 'coalesce' ? args[0] : undefined
    return typeof value === 'string' || (typeof value === 'object' && value !== null && this.#isText(value))
  }

  /** What a derived column is of, and the operator that made it. */
  #fresh(column: Column, made = column.origin): string {
    const { inputs } = numeratorOf(column)
    const of = inputs.slice(0, 3).map((at) => this.#inputs[at]?.name)
    const rest = inputs.length > 3 ? [`${inputs.length - 3} more`] : []
    const base = `${[...of, ...rest].join(' × ').slice(0, longestName)} (${made})`
    let name = base
    let count = this.#counts.get(base) ?? 1
    while (this.#names.has(name)) name = `${base} ${++count}`
    this.#counts.set(base, count)
    this.#names.add(name)
    return name
  }
}

/** A normalised column is called after what is normalised, not after all that its norm is of. */
function numeratorOf(column: Column): Column {
  const [first] = argsOf(column)
  return column.bounds && first ? numeratorOf(first) : column
}

const comparisons: ReadonlySet<string> = new Set([
  'equal',
  'notEqual',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
])

function constant(value: number | string | null): Expression {
  if (typeof value !== 'number') return { constant: value }
  if (Number.isNaN(value)) return { constant: null }
  // No cell is beyond the largest double.
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE
}

/** A sum or the like of very many, in parts. */
function nested(op: string, args: readonly Expression[]): Expression[] {
  const parts: Expression[] = []
  for (let i = 0; i < args.length; i += 500) parts.push({ op, args: args.slice(i, i + 500) } as Expression)
  return parts
}
