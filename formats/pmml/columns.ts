import type { Expression } from '../../core/card/expression.ts'
import type {
  CategoryColumnFeature,
  DerivedColumn,
  ExtendedLink,
  NumberColumnFeature,
  UnknownPolicy,
} from '../extended.ts'
import { numberOfText } from './attributes.ts'
import { linearForm } from './linearForm.ts'
import { clip, refuseAt } from './refuse.ts'
import { apply, bounded, missingValue, type Typed, textValue, typedNumber } from './typed.ts'
import type { XmlElement } from './xml.ts'

/**
 * The columns of the model being built: features (what the analyst brings) and derived columns, in the order in which
 * they can be computed. Columns that no term needs, directly or through another, are left out at the end.
 */
export interface Column {
  readonly name: string
  readonly kind: 'number' | 'category' | 'truth'
  /** The column as an expression. */
  readonly typed: Typed
  /** The texts of a category are decimal numbers. */
  readonly numeric?: boolean
  /** Its texts are numbers in their shortest form, so that a level is known by its value. */
  readonly byValue?: boolean
  /** A boolean field: its texts are true and false. */
  readonly truth?: boolean
  /** The order of an ordinal category. */
  readonly order?: readonly string[]
  /** What an earlier model of a chain gives: a linear predictor, which is private. Nothing but terms may take it apart. */
  readonly result?: LinearResult
}

/** A column that is in no card: what comes of the model, or of an earlier one of a chain. */
export function resultColumn(name: string, typed: Typed): Column {
  return { name, kind: typed.kind === 'text' ? 'category' : typed.kind, typed }
}

/** A private linear predictor, in columns that terms may name. */
export interface LinearResult {
  readonly intercept: number
  readonly terms: ReadonlyMap<string, { readonly column: string; readonly level?: string; readonly weight: number }>
  /** How it becomes the result, where it is not the result itself. */
  readonly link?: ExtendedLink
}

export interface NumberDraft {
  readonly name: string
  readonly label?: string
  readonly type: 'number' | 'integer'
  readonly range?: readonly [number, number]
  readonly outside?: 'refuse' | 'clamp' | 'missing'
  readonly invalid?: 'refuse' | 'missing'
  readonly missing?: 'refuse' | { readonly impute: number }
}

interface CategoryDraft {
  readonly name: string
  readonly label?: string
  readonly type: 'category'
  /** Grows with the levels that the model uses. */
  readonly levels: Set<string>
  readonly unknown: UnknownPolicy
  missing?: 'refuse' | { readonly impute: string }
}

export type FeatureDraft = NumberDraft | CategoryDraft

interface DerivedDraft {
  readonly name: string
  readonly label?: string
  readonly type: 'number' | 'category'
  readonly expression: Expression
  readonly levels: Set<string>
  missing?: 'refuse' | { readonly impute: string }
}

const anyText = '(any text)'
const mostColumns = 5000
const mostLevels = 2000
/** No category may be tied to more texts than a card lists. */
const noLevel = '(missing)'

export class Columns {
  readonly #features = new Map<string, FeatureDraft>()
  readonly #derived = new Map<string, DerivedDraft>()
  readonly #columns = new Map<string, Column>()
  readonly #sameAs = new Map<string, Column>()
  readonly #named = new Set<string>()
  readonly #nothingWhenMissing = new Set<string>()
  readonly #names = new Set<string>()
  readonly #guards = new Map<string, readonly [Typed, XmlElement]>()
  readonly #results = new Map<string, XmlElement>()
  readonly #required = new Set<string>()

  /** Names that fields have keep their columns; nothing made on the way may take them. */
  reserve(name: string): void {
    this.#names.add(name)
  }

  addFeature(draft: FeatureDraft, column: Omit<Column, 'name' | 'typed' | 'kind'>, at: XmlElement): Column {
    if (this.#features.size >= mostColumns)
      refuseAt('model/invalid', at, 'tooMany', { what: 'fields', most: mostColumns })
    this.#features.set(draft.name, draft)
    const closed = draft.type === 'category' && draft.unknown === 'refuse'
    const made: Column = {
      ...column,
      name: draft.name,
      kind: draft.type === 'category' ? 'category' : 'number',
      typed: {
        expression: { column: draft.name },
        kind: draft.type === 'category' ? 'text' : 'number',
        mayMiss: draft.missing === undefined,
        ...(closed && { texts: [...draft.levels] }),
        size: 1,
        depth: 1,
      },
    }
    this.#columns.set(draft.name, made)
    return made
  }

  /**
   * A derived column for an expression. Without a `name` of its own it is named after `hint`, and the same expression
   * gives the same column.
   */
  derive(
    at: XmlElement,
    typed: Typed,
    of: { name?: string; hint?: string; label?: string; order?: readonly string[] },
  ): Column {
    bounded(at, typed)
    const key = of.name === undefined ? `${typed.kind} ${JSON.stringify(typed.expression)}` : undefined
    const known = key === undefined ? undefined : this.#sameAs.get(key)
    if (known !== undefined) return known
    if (this.#derived.size >= mostColumns * 4)
      refuseAt('model/invalid', at, 'tooMany', { what: 'derivedColumns', most: mostColumns * 4 })
    const name = of.name ?? this.freeName(of.hint ?? 'column')
    const levels = typed.kind === 'text' && (typed.texts?.length ?? 0) <= mostLevels ? (typed.texts ?? []) : []
    this.#derived.set(name, {
      name,
      ...(of.label !== undefined && { label: of.label }),
      type: typed.kind === 'text' ? 'category' : 'number',
      expression: typed.expression,
      levels: new Set(levels),
    })
    const column: Column = {
      name,
      kind: typed.kind === 'text' ? 'category' : typed.kind,
      typed: { ...typed, expression: { column: name }, size: 1, depth: 1 },
      ...(of.order !== undefined && { order: of.order }),
    }
    if (key !== undefined) this.#sameAs.set(key, column)
    this.#columns.set(name, column)
    return column
  }

  /** What an earlier model of a chain gives, as a column that is in no card. */
  addResult(name: string, result: LinearResult, at: XmlElement): Column {
    const own = this.freeName(name)
    const typed: Typed = { expression: { column: own }, kind: 'number', mayMiss: false, size: 1, depth: 1 }
    const column: Column = { name: own, kind: 'number', typed, result }
    this.#columns.set(own, column)
    this.#results.set(own, at)
    return column
  }

  /** The column of that name, of those that terms may name. */
  named(name: string): Column {
    return this.#columns.get(name) as Column
  }

  /** Whether a category that is missing counts nothing. */
  countsNothing(column: Column): boolean {
    return this.#nothingWhenMissing.has(column.name)
  }

  /** The record is refused where this column is missing, also where no term weighs it. */
  markUsed(column: Column): void {
    this.#required.add(column.name)
  }

  /** Whether a category can have this text: one with listed values has no other, whatever the model mentions. */
  mayHave(column: Column, level: string): boolean {
    const draft = this.#features.get(column.name)
    return draft?.type !== 'category' || draft.unknown === 'reference' || draft.levels.has(level)
  }

  /** The model tells this text of a category from others. Gives the text as the column has it. */
  useLevel(column: Column, text: string, at: XmlElement): string {
    const level = column.byValue ? levelOfNumber(text) : column.truth ? levelOfTruth(text) : text
    if (column.kind !== 'category' || !this.mayHave(column, level)) return level
    const levels = this.#levels(column.name)
    levels?.add(level)
    if (level.length > 200) refuseAt('model/invalid', at, 'levelLength', { most: 200 })
    if ((levels?.size ?? 0) > mostLevels)
      refuseAt('model/unsupported', at, 'levelCount', { column: clip(column.name), most: mostLevels })
    return level
  }

  /** A column as a linear form of columns that no such form is known of. */
  linear(
    column: Column,
    at: XmlElement,
  ): { readonly constant: number; readonly parts: readonly (readonly [Column, number])[] } {
    const definition = (name: string): Expression | undefined => {
      const draft = this.#derived.get(name)
      return draft?.type === 'number' ? draft.expression : undefined
    }
    const columnOf = (part: Extract<Expression, { op: string }>): string =>
      this.derive(at, typedNumber(part), { hint: `${column.name} (part)` }).name
    const form = linearForm({ column: column.name }, definition, columnOf)
    const parts = [...(form?.weights ?? [])].map(([name, weight]) => [this.#columns.get(name), weight] as const)
    // A category is no number, whatever it is in.
    if (form === null || parts.some(([part]) => part === undefined || part.kind === 'category'))
      return { constant: 0, parts: [[column, 1]] }
    return { constant: form.constant, parts: parts as [Column, number][] }
  }

  /** Where this category is missing, terms of its levels count nothing, instead of the row being refused. */
  nothingWhenMissing(column: Column): void {
    if (column.typed.mayMiss) this.#nothingWhenMissing.add(column.name)
  }

  /**
   * Refuses records for which `holds` is false (not those for which it is missing): an invalid value is missing in the
   * column made from it, which a term that names the column refuses by itself, but neither an expression does nor a term
   * that counts nothing where its column is missing.
   */
  guard(column: Column, holds: Typed, at: XmlElement): void {
    this.#guards.set(column.name, [apply('if', apply('not', holds), missingValue('text'), textValue('valid')), at])
  }

  /** The finished lists, for terms that name these columns, and what such terms must name instead. */
  finish(weighed: Iterable<string>): {
    features: (NumberColumnFeature | CategoryColumnFeature)[]
    derived: DerivedColumn[]
    renamed: ReadonlyMap<string, string>
  } {
    for (const name of [...weighed, ...this.#required]) this.#named.add(name)
    const renamed = this.#settleMissing()
    const reached = this.#needed()
    for (const [name, [holds, at]] of this.#guards) {
      const refuses = this.#named.has(name) && !this.#nothingWhenMissing.has(name)
      if (reached.has(name) && !refuses) this.#named.add(this.derive(at, holds, { hint: `${name} is valid` }).name)
    }
    const needed = this.#needed()
    const features = [...this.#features.values()].filter(({ name }) => needed.has(name))
    const derived = [...this.#derived.values()].filter(({ name }) => needed.has(name))
    return {
      features: features.map((draft) => this.#feature(draft)),
      derived: derived.map((draft) => this.#finishedDerived(draft)),
      renamed,
    }
  }

  /**
   * A category that may be missing and then counts nothing gets a level of its own for that, without weight. Where
   * expressions read the column too, they must see it missing, so that terms read a column of their own.
   */
  #settleMissing(): Map<string, string> {
    const renamed = new Map<string, string>()
    const mentioned = new Set([...this.#derived.values()].flatMap(({ expression }) => mentions(expression)))
    for (const name of this.#nothingWhenMissing) {
      const draft = this.#features.get(name) ?? this.#derived.get(name)
      if (draft === undefined || draft.type !== 'category' || !this.#named.has(name)) continue
      const levels = (draft as CategoryDraft).levels
      const level = freeOf(noLevel, levels)
      if (!mentioned.has(name)) {
        levels.add(level)
        ;(draft as CategoryDraft).missing = { impute: level }
        continue
      }
      const own = this.freeName(`${name} or none`)
      const expression: Expression = { op: 'coalesce', args: [{ column: name }, { constant: level }] }
      this.#derived.set(own, { name: own, type: 'category', expression, levels: new Set([...levels, level]) })
      this.#named.delete(name)
      this.#named.add(own)
      renamed.set(name, own)
    }
    return renamed
  }

  #needed(): Set<string> {
    const needed = new Set(this.#named)
    // A column only ever reads columns before it, so one pass from the last to the first finds all.
    for (const draft of [...this.#derived.values()].reverse()) {
      if (needed.has(draft.name)) for (const name of mentions(draft.expression)) needed.add(name)
    }
    for (const [name, at] of this.#results)
      if (needed.has(name)) refuseAt('model/unsupported', at, 'resultUnfit', { field: clip(name) })
    return needed
  }

  #feature(draft: FeatureDraft): NumberColumnFeature | CategoryColumnFeature {
    const missing = draft.missing ?? (this.#named.has(draft.name) ? 'refuse' : 'keep')
    if (draft.type !== 'category') return { ...draft, missing: missing as 'refuse' | 'keep' | { impute: number } }
    const levels = draft.levels.size > 0 ? [...draft.levels] : [anyText]
    return { ...draft, levels, missing: missing as 'refuse' | 'keep' | { impute: string } }
  }

  #finishedDerived({ levels, type, missing, ...rest }: DerivedDraft): DerivedColumn {
    const policy = missing ?? (this.#named.has(rest.name) ? 'refuse' : 'keep')
    const step = isWhole(rest.expression) ? { step: 1 } : {}
    if (type === 'number') return { ...rest, type, ...step, missing: policy as 'refuse' | 'keep' }
    return { ...rest, type, levels: levels.size > 0 ? [...levels] : [anyText], unknown: 'reference', missing: policy }
  }

  #levels(name: string): Set<string> | undefined {
    const feature = this.#features.get(name)
    return feature?.type === 'category' ? feature.levels : this.#derived.get(name)?.levels
  }

  /** A name that nothing has, made from a hint; it is taken from then on. */
  freeName(hint: string): string {
    const name = freeOf(clip(hint), this.#names)
    this.#names.add(name)
    return name
  }
}

/** Operations whose values are whole numbers, and that keep them so: such a column needs no finer step. */
const whole: ReadonlySet<string> = new Set([
  'countTerm',
  'length',
  'days',
  'floor',
  'ceil',
  'sign',
  'matches',
  'missing',
])
const keepsWhole: ReadonlySet<string> = new Set([
  'add',
  'subtract',
  'negate',
  'abs',
  'min',
  'max',
  'coalesce',
  'multiply',
])

function isWhole(expression: Expression): boolean {
  if (typeof expression === 'number') return Number.isInteger(expression)
  if ('constant' in expression) return expression.constant === null
  if ('column' in expression) return false
  return whole.has(expression.op) || (keepsWhole.has(expression.op) && expression.args.every(isWhole))
}

/** A number's text in its shortest form; any other text as it is. */
export function levelOfNumber(text: string): string {
  const value = numberOfText(text)
  return value === undefined ? text : String(value)
}

/** true or false, as a boolean field has them. */
function levelOfTruth(text: string): string {
  const lower = text.toLowerCase()
  return lower === '1' ? 'true' : lower === '0' ? 'false' : lower
}

function freeOf(hint: string, taken: ReadonlySet<string>): string {
  let name = hint
  for (let i = 2; taken.has(name); i++) name = `${hint} ${i}`
  return name
}

function mentions(expression: Expression): string[] {
  if (typeof expression === 'number' || 'constant' in expression) return []
  return 'column' in expression ? [expression.column] : expression.args.flatMap(mentions)
}
