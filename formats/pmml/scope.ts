import { NoteList } from '../noteList.ts'
import { optionalText, requiredText } from './attributes.ts'
import { type Column, Columns, type LinearResult, resultColumn } from './columns.ts'
import {
  type DataField,
  dataTypeOf,
  fieldName,
  isDateType,
  isUntreated,
  type MiningField,
  readDataField,
  readDataType,
  readMiningField,
  readStatistics,
  sameTreatment,
} from './fields.ts'
import type { PmmlNotes } from './notes.ts'
import { prepareField } from './prepare.ts'
import { clip, refuseAt } from './refuse.ts'
import { countedAs } from './textFunctions.ts'
import type { Typed } from './typed.ts'
import type { Wanted } from './values.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** How deep derived fields may stand on one another, and functions call one another. */
export const deepest = 60

/**
 * How the one expression inside an element is read. Fields are derived by expressions, and expressions name fields, so a
 * scope is given its reader.
 */
export type ReadExpression = (parent: XmlElement, scope: Scope, wanted: Wanted) => Typed

/** The names that a model can use: fields of its MiningSchema, derived fields, functions. */
export class Scope {
  readonly columns: Columns
  readonly notes: NoteList<PmmlNotes>
  readonly model: XmlElement
  /** The field that the model predicts, as far as the file describes it. */
  readonly target: { readonly name: string; readonly data?: DataField } | undefined
  readonly dataFields: Map<string, DataField>
  readonly functions: Map<string, XmlElement>
  /** The functions whose bodies are being unfolded. */
  readonly unfolding: XmlElement[] = []
  /** Fields of a type that cannot be scored. */
  readonly #unscored = new Map<string, XmlElement>()
  readonly #mining = new Map<string, MiningField>()
  readonly #derived = new Map<string, XmlElement>()
  readonly #columns = new Map<string, Column>()
  readonly #resolving = new Set<string>()
  readonly #results = new Map<string, Column>()
  /** The names of the columns of derived fields, where another model's field has the field's own name. */
  readonly #columnNames = new Map<string, string>()
  readonly #pmml: XmlElement
  readonly #read: ReadExpression
  readonly #outer: Scope | undefined
  readonly #statistics: ReadonlyMap<string, readonly [number, number]>

  /** The scope of a file's model, or of one that stands in a segment of another, the `outer`. */
  constructor(pmml: XmlElement, model: XmlElement, read: ReadExpression, outer?: Scope) {
    this.model = model
    this.#pmml = pmml
    this.#read = read
    this.#outer = outer
    this.columns = outer?.columns ?? new Columns()
    this.notes = outer?.notes ?? new NoteList<PmmlNotes>()
    this.dataFields = outer?.dataFields ?? new Map<string, DataField>()
    this.functions = outer?.functions ?? new Map<string, XmlElement>()
    if (outer === undefined) this.#declareShared()
    const schema =
      childOf(model, 'MiningSchema') ?? refuseAt('model/invalid', model, 'childMissing', { child: 'MiningSchema' })
    for (const element of childrenOf(schema, 'MiningField')) {
      const field = readMiningField(element)
      if (this.#mining.has(field.name))
        refuseAt('model/invalid', element, 'standsTwice', { what: 'field', name: clip(field.name) })
      this.#mining.set(field.name, field)
    }
    const local = childOf(model, 'LocalTransformations')
    for (const element of local === undefined ? [] : childrenOf(local, 'DerivedField')) this.declareDerived(element)
    this.#statistics = outer === undefined ? readStatistics(model) : new Map()
    const targets = [...this.#mining.values()].filter(({ usage }) => usage === 'target')
    const [target, second] = targets
    if (second !== undefined) refuseAt('model/unsupported', second.element, 'secondTarget')
    // Models of before 4.0 name it on the model element.
    const name = target?.name ?? optionalText(model, 'targetFieldName') ?? optionalText(model, 'targetVariableName')
    const data = name === undefined ? undefined : this.dataFields.get(name)
    this.target = name === undefined ? undefined : { name, ...(data && { data }) }
  }

  /** The scope of a model in a segment of this one. */
  inner(model: XmlElement): Scope {
    return new Scope(this.#pmml, model, this.#read, this)
  }

  /** The fields and functions that all models of the file share. */
  #declareShared(): void {
    const dictionary =
      childOf(this.#pmml, 'DataDictionary') ??
      refuseAt('model/invalid', this.#pmml, 'childMissing', { child: 'DataDictionary' })
    for (const element of childrenOf(dictionary, 'DataField')) this.#declareData(element)
    const shared = childOf(this.#pmml, 'TransformationDictionary')
    if (shared === undefined) return
    for (const element of childrenOf(shared, 'DerivedField')) this.declareDerived(element)
    for (const element of childrenOf(shared, 'DefineFunction')) {
      const name = requiredText(element, 'name')
      if (this.functions.has(name))
        refuseAt('model/invalid', element, 'standsTwice', { what: 'function', name: clip(name) })
      this.functions.set(name, element)
    }
  }

  #declareData(element: XmlElement): void {
    // A field of a type that cannot be scored may still stand in the dictionary: only its use is refused.
    const name = fieldName(element)
    if (this.#names(name)) refuseAt('model/invalid', element, 'standsTwice', { what: 'field', name: clip(name) })
    this.columns.reserve(name)
    const type = dataTypeOf(element)
    const scored = isDateType(type) || ['string', 'integer', 'float', 'double', 'boolean'].includes(type)
    if (scored) this.dataFields.set(name, readDataField(element))
    else this.#unscored.set(name, element)
  }

  #names(name: string): boolean {
    const shared = this.#outer === undefined && this.dataFields.has(name)
    return shared || this.#unscored.has(name) || this.#derived.has(name)
  }

  /** What a model of a chain gives, by the name that later ones use. */
  addResult(name: string, result: LinearResult, at: XmlElement): void {
    this.#results.set(name, this.columns.addResult(name, result, at))
  }

  /** Adds a derived field. One that stands alone inside what uses it may have no name: it is called after that. */
  declareDerived(element: XmlElement, inside?: string): string {
    const named = inside === undefined || optionalText(element, 'name') !== undefined
    const name = named ? fieldName(element) : this.columns.freeName(inside)
    if (this.#names(name)) refuseAt('model/invalid', element, 'standsTwice', { what: 'field', name: clip(name) })
    if (this.#outer === undefined) this.columns.reserve(name)
    else this.#columnNames.set(name, named ? this.columns.freeName(name) : name)
    this.#derived.set(name, element)
    return name
  }

  /** Whether the model stands in a segment of another. */
  get isInner(): boolean {
    return this.#outer !== undefined
  }

  /** The first field that the model is given. */
  get firstActive(): string | undefined {
    return [...this.#mining.values()].find(({ name, usage }) => usage === 'active' && this.dataFields.has(name))?.name
  }

  /** Whether the model is given that field, or derives it. */
  isActive(name: string): boolean {
    return this.#derived.has(name) || (this.dataFields.has(name) && this.#mining.get(name)?.usage === 'active')
  }

  /** Whether a field, derived or not, has that name. */
  isField(name: string): boolean {
    return this.#names(name) || this.#results.has(name) || this.#outer?.isField(name) === true
  }

  /** What the model gives, by the name that later fields of its Output use. */
  addOutput(name: string, typed: Typed): void {
    this.#results.set(name, resultColumn(name, typed))
  }

  /** The field of that name, made ready at its first use. */
  column(name: string, at: XmlElement): Column {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    if (this.#resolving.has(name)) refuseAt('model/invalid', at, 'fieldUsesItself', { field: clip(name) })
    if (this.#resolving.size >= deepest)
      refuseAt('model/unsupported', at, 'tooMany', { what: 'fieldDepth', most: deepest })
    this.#resolving.add(name)
    const column = this.#resolve(name, at)
    this.#resolving.delete(name)
    this.#columns.set(name, column)
    return column
  }

  #resolve(name: string, at: XmlElement): Column {
    const derived = this.#derived.get(name)
    if (derived !== undefined) return this.#deriveField(name, derived)
    const result = this.#results.get(name)
    if (result !== undefined) return result
    if (this.#outer !== undefined) return this.#fromOuter(this.#outer, name, at)
    const unscored = this.#unscored.get(name)
    if (unscored !== undefined) readDataType(unscored, dataTypeOf(unscored))
    const data = this.dataFields.get(name)
    if (data === undefined) refuseAt('model/invalid', at, 'fieldUndescribed', { field: clip(name) })
    const mining = this.#mining.get(name)
    if (mining === undefined)
      refuseAt('model/invalid', at, 'notListed', { what: 'field', name: clip(name), list: 'MiningSchema' })
    if (mining.usage === 'target') refuseAt('model/invalid', at, 'fieldPredicted', { field: clip(name) })
    const column = prepareField(this.columns, data, mining, this.#statistics.get(name))
    return data.dataType === 'date' ? this.#counted(data, column) : column
  }

  /** A field as the model round this one sees it: treated there, and here at most in the same way. */
  #fromOuter(outer: Scope, name: string, at: XmlElement): Column {
    const mining = this.#mining.get(name)
    if (mining?.usage === 'target') refuseAt('model/invalid', at, 'fieldPredicted', { field: clip(name) })
    if (mining !== undefined && !isUntreated(mining) && !sameTreatment(mining, outer.#treatment(name)))
      refuseAt('model/unsupported', mining.element, 'treatedTwice', { field: clip(name) })
    return outer.column(name, at)
  }

  /** What the outermost MiningSchema, or the nearest that treats a field, says of it. */
  #treatment(name: string): MiningField | undefined {
    const own = this.#mining.get(name)
    return own !== undefined && (this.#outer === undefined || !isUntreated(own))
      ? own
      : this.#outer === undefined
        ? undefined
        : this.#outer.#treatment(name)
  }

  /** A date as the number that its type counts, where it counts. */
  #counted(data: DataField, column: Column): Column {
    const typed = countedAs(dataTypeOf(data.element), column.typed, data.element)
    return typed === column.typed
      ? column
      : this.columns.derive(data.element, typed, { hint: `${data.name} (counted)` })
  }

  #deriveField(name: string, element: XmlElement): Column {
    const optype = optionalText(element, 'optype')
    const isText = optype === 'categorical' || optype === 'ordinal'
    const dataType = readDataType(element, optionalText(element, 'dataType') ?? (isText ? 'string' : 'double'))
    const read = this.#read(
      element,
      this,
      dataType === 'date' ? undefined : optype === 'continuous' ? 'number' : wanted(dataType),
    )
    const typed = read.kind === 'text' ? countedAs(optionalText(element, 'dataType') ?? '', read, element) : read
    const label = optionalText(element, 'displayName')
    const order = childrenOf(element, 'Value').map((value) => requiredText(value, 'value'))
    const column = this.columns.derive(element, typed, {
      name: this.#columnNames.get(name) ?? name,
      ...(label !== undefined && { label }),
      ...(optype === 'ordinal' && order.length > 0 && { order }),
    })
    return column.kind === 'category' && !['string', 'boolean', 'date'].includes(dataType)
      ? { ...column, numeric: true }
      : column
  }
}

function wanted(dataType: string): Wanted {
  return dataType === 'string' ? 'text' : undefined
}
