import type { Column } from './columns.ts'
import type { Linear } from './element.ts'
import type { Input } from './inputs.ts'
import type { Run } from './run.ts'

/**
 * How the heads use the columns: which are needed at all, how often, and what a missing or unknown cell means for each
 * input.
 */
export interface Usage {
  /** Every column that a head needs, itself or on the way; a column stands after what it uses. */
  readonly columns: readonly Column[]
  /** Columns that a head names. */
  readonly atoms: ReadonlySet<Column>
  /** How many columns use a column. */
  readonly uses: ReadonlyMap<Column, number>
  /** Per input: what to do with a missing cell; undefined for refusing it. */
  readonly missing: ReadonlyMap<number, 'keep' | { readonly impute: number }>
  /** Gaps that the feature itself fills: these columns are what they take. */
  readonly filled: ReadonlySet<Column>
  /** Per text input: every text that the model knows. */
  readonly texts: ReadonlyMap<number, ReadonlySet<string>>
  /** Text inputs of which every other text has a meaning as well. */
  readonly open: ReadonlySet<number>
}

export function usageOf(run: Run, forms: readonly Linear[], inputs: readonly Input[]): Usage {
  const atoms = new Set(forms.flatMap((form) => [...form.terms.keys()]))
  const reached = new Set<Column>()
  const waiting = [...atoms]
  const uses = new Map<Column, number>()
  for (let column = waiting.pop(); column; column = waiting.pop()) {
    if (reached.has(column)) continue
    reached.add(column)
    for (const arg of argsOf(column)) {
      uses.set(arg, (uses.get(arg) ?? 0) + 1)
      waiting.push(arg)
    }
  }
  const columns = [...reached].sort((a, b) => a.id - b.id)
  const { missing, filled } = missingCells(columns, atoms)
  const { texts, open } = knownTexts(run, columns, inputs)
  for (const [at, known] of texts) if (known.has('')) missing.set(at, 'keep')
  return { columns, atoms, uses, missing, filled, texts, open }
}

export function argsOf(column: Column): Column[] {
  return column.args.filter((arg): arg is Column => typeof arg === 'object' && arg !== null)
}

/** The input that a column is, rounded or not. */
export function inputOf(column: Column | undefined): number | undefined {
  if (column?.op === 'float32') return inputOf(argsOf(column)[0])
  return column?.detail && 'input' in column.detail ? column.detail.input : undefined
}

/** An input whose every use begins by filling its gaps with one number fills them itself; else it keeps them. */
function missingCells(columns: readonly Column[], atoms: ReadonlySet<Column>) {
  const missing = new Map<number, 'keep' | { readonly impute: number }>()
  const fills = new Map<number, Set<number>>()
  const bare = new Set<number>()
  for (const column of columns) {
    const [first, value] = column.args
    const of = column.op === 'coalesce' ? inputOf(argsOf(column)[0]) : undefined
    if (of !== undefined && typeof value === 'number' && typeof first === 'object') {
      fills.set(of, (fills.get(of) ?? new Set()).add(value))
    } else if (column.op === 'coalesce' || column.op === 'missing') {
      for (const at of column.inputs) missing.set(at, 'keep')
    }
    if (of === undefined && column.op !== 'float32') {
      for (const arg of argsOf(column)) {
        const at = inputOf(arg)
        if (at !== undefined) bare.add(at)
      }
    }
    const own = inputOf(column)
    if (own !== undefined && atoms.has(column)) bare.add(own)
  }
  for (const [at, values] of fills) {
    const [value] = values
    const simple = values.size === 1 && !bare.has(at) && !missing.has(at)
    missing.set(at, simple ? { impute: value as number } : 'keep')
  }
  const filled = new Set(
    columns.filter((column) => {
      const at = column.op === 'coalesce' ? inputOf(argsOf(column)[0]) : undefined
      return at !== undefined && typeof missing.get(at) === 'object'
    }),
  )
  return { missing, filled }
}

/** Whether a column is an input's own text wherever it is not a constant. */
function passesText(column: Column): boolean {
  if (column.op === 'input') return true
  if (column.depth > deepestPass || (column.op !== 'if' && column.op !== 'coalesce')) return false
  const values = column.op === 'if' ? column.args.slice(1) : column.args
  return values.every((arg) => typeof arg === 'string' || (typeof arg === 'object' && arg !== null && passesText(arg)))
}

const deepestPass = 12

function knownTexts(run: Run, columns: readonly Column[], inputs: readonly Input[]) {
  const texts = new Map<number, Set<string>>()
  const open = new Set<number>()
  const learn = (column: Column, known: Iterable<unknown>): void => {
    for (const at of column.inputs) {
      if (inputs[at]?.type !== 'string') continue
      const all = texts.get(at) ?? new Set<string>()
      for (const text of known) if (typeof text === 'string') all.add(text)
      texts.set(at, all)
    }
  }
  const closed = new Set<number>()
  for (const column of columns) {
    const isOpen = (holds: boolean): void => {
      for (const at of column.inputs) (holds ? open : closed).add(at)
    }
    if (column.op === 'indicator') {
      const [of] = argsOf(column) as [Column]
      const category = run.categories.get(of)
      if (inputOf(of) !== undefined) {
        learn(column, category?.levels ?? [])
        isOpen(category?.unknown === 'reference')
      } else if (passesText(of)) {
        // The derived category says what an unknown text does.
        learn(column, category?.levels ?? [])
        isOpen(true)
      }
    }
    if (column.detail && 'rows' in column.detail) {
      learn(
        column,
        column.detail.rows.map(([key]) => key),
      )
      isOpen(column.detail.otherwise !== null)
    }
    if (column.op === 'equal' || column.op === 'notEqual') {
      learn(column, column.args)
      isOpen(true)
    }
  }
  for (const at of closed) open.delete(at)
  return { texts, open }
}
