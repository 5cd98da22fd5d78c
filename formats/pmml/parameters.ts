import {
  numberOfText,
  oneOf,
  optionalInteger,
  optionalNumber,
  optionalText,
  requiredNumber,
  requiredText,
} from './attributes.ts'
import type { Column } from './columns.ts'
import { addIndicator, addNumber, addTruth, asNumber, Head, powerOf } from './heads.ts'
import { compare, readArray } from './predicates.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, grown, numberValue, type Typed } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/**
 * The parameters of a GeneralRegressionModel. PPMatrix says which product of factors and covariates a parameter
 * multiplies, ParamMatrix its value, both for all target categories or for one.
 */
export interface ParameterTables {
  /** By target category; undefined holds for all. */
  readonly betas: ReadonlyMap<string | undefined, readonly XmlElement[]>
  readonly products: ReadonlyMap<string | undefined, ReadonlyMap<string, readonly XmlElement[]>>
  readonly factors: ReadonlyMap<string, XmlElement>
  readonly covariates: ReadonlyMap<string, XmlElement>
  /** By parameter. */
  readonly referencePoints: ReadonlyMap<string, number>
}

export function readParameters(model: XmlElement): ParameterTables {
  const need = (name: string): XmlElement =>
    childOf(model, name) ?? refuseAt('model/invalid', model, 'childMissing', { child: name })
  const referencePoints = new Map<string, number>()
  for (const parameter of childrenOf(need('ParameterList'), 'Parameter')) {
    const name = requiredText(parameter, 'name')
    if (referencePoints.has(name))
      refuseAt('model/invalid', parameter, 'standsTwice', { what: 'parameter', name: clip(name) })
    referencePoints.set(name, optionalNumber(parameter, 'referencePoint') ?? 0)
  }
  const known = (cell: XmlElement): string => {
    const name = requiredText(cell, 'parameterName')
    if (!referencePoints.has(name))
      refuseAt('model/invalid', cell, 'notListed', { what: 'parameter', name: clip(name), list: 'ParameterList' })
    return name
  }
  const betas = new Map<string | undefined, XmlElement[]>()
  const seen = new Set<string>()
  for (const cell of childrenOf(need('ParamMatrix'), 'PCell')) {
    const category = optionalText(cell, 'targetCategory')
    const key = JSON.stringify([category, known(cell)])
    if (seen.has(key)) refuseAt('model/invalid', cell, 'parameterTwice')
    seen.add(key)
    append(betas, category, cell)
  }
  const products = new Map<string | undefined, Map<string, XmlElement[]>>()
  for (const cell of childrenOf(need('PPMatrix'), 'PPCell')) {
    const category = optionalText(cell, 'targetCategory')
    const rows = products.get(category) ?? new Map<string, XmlElement[]>()
    products.set(category, rows)
    append(rows, known(cell), cell)
  }
  return {
    betas,
    products,
    referencePoints,
    factors: predictors(model, 'FactorList'),
    covariates: predictors(model, 'CovariateList'),
  }
}

function append<K>(map: Map<K, XmlElement[]>, key: K, cell: XmlElement): void {
  const cells = map.get(key)
  if (cells === undefined) map.set(key, [cell])
  else cells.push(cell)
}

function predictors(model: XmlElement, list: string): Map<string, XmlElement> {
  const element = childOf(model, list)
  return new Map(
    (element === undefined ? [] : childrenOf(element, 'Predictor')).map((predictor) => [
      requiredText(predictor, 'name'),
      predictor,
    ]),
  )
}

/** The linear predictor of some cells of the ParamMatrix. */
export function headOf(
  tables: ParameterTables,
  cells: readonly XmlElement[],
  category: string | undefined,
  scope: Scope,
): Head {
  const head = new Head(category)
  const rows = tables.products.get(category) ?? tables.products.get(undefined)
  for (const cell of cells) {
    const beta = requiredNumber(cell, 'beta')
    const product = rows?.get(requiredText(cell, 'parameterName'))
    // A parameter that multiplies nothing is an intercept.
    if (product === undefined) head.intercept += beta
    else addProduct(head, tables, product, beta, scope)
  }
  return head
}

function addProduct(
  head: Head,
  tables: ParameterTables,
  cells: readonly XmlElement[],
  beta: number,
  scope: Scope,
): void {
  if (cells.length > 50)
    refuseAt('model/unsupported', cells[0] as XmlElement, 'tooMany', { what: 'predictorProduct', most: 50 })
  const indicators: Typed[] = []
  const numbers: Typed[] = []
  const hints: string[] = []
  for (const cell of cells) {
    const name = requiredText(cell, 'predictorName')
    const value = requiredText(cell, 'value')
    const column = scope.column(name, cell)
    const factor = tables.factors.get(name)
    if (factor !== undefined) {
      const matrix = childOf(factor, 'Matrix')
      if (matrix !== undefined) {
        numbers.push(contrast(factor, matrix, value, column, cell, scope))
        hints.push(`${name} / ${value}`)
        continue
      }
      if (cells.length === 1) {
        addIndicator(head, column, value, beta, 'refuse', cell, scope)
        return
      }
      indicators.push(compare('equal', column, value, cell, scope))
      hints.push(`${name} = ${value}`)
      continue
    }
    if (!tables.covariates.has(name)) refuseAt('model/invalid', cell, 'predictorUnlisted', { name: clip(name) })
    const exponent = numberOfText(value)
    if (exponent === undefined) refuseAt('model/invalid', cell, 'exponentNeeded')
    const covariate = asNumber(column, cell, scope)
    if (cells.length === 1) {
      addNumber(head, powerOf(covariate, exponent, cell, scope), beta, cell, scope)
      return
    }
    numbers.push(exponent === 1 ? covariate.typed : apply('power', covariate.typed, numberValue(exponent)))
    hints.push(exponent === 1 ? name : `${name} ^ ${exponent}`)
  }
  const at = cells[0] as XmlElement
  const hint = hints.join(' · ')
  const held = indicators.length > 1 ? apply('and', ...indicators) : indicators[0]
  if (numbers.length === 0) {
    addTruth(head, held as Typed, hint, beta, at, scope)
    return
  }
  const product = apply('multiply', ...(held === undefined ? numbers : [held, ...numbers]))
  addNumber(head, scope.columns.derive(at, product, { hint }), beta, at, scope)
}

/** A factor's column of its contrast matrix: rows are the values that it can have, columns those of the parameters. */
function contrast(
  factor: XmlElement,
  matrix: XmlElement,
  value: string,
  of: Column,
  cell: XmlElement,
  scope: Scope,
): Typed {
  const x = of.typed
  const list = childOf(factor, 'Categories') ?? refuseAt('model/unsupported', factor, 'contrastCategories')
  const categories = childrenOf(list, 'Category').map((category) => requiredText(category, 'value'))
  const column = categories.indexOf(value)
  if (column < 0) refuseAt('model/invalid', cell, 'factorCategory', { value: clip(value) })
  const entries = readMatrix(matrix, categories.length)
  const rows = categories.map((category, i) => {
    const key =
      x.kind === 'text'
        ? scope.columns.useLevel(of, category, cell)
        : (numberOfText(category) ?? refuseAt('model/invalid', list, 'numberCategory'))
    return [key, entries(i, column)] as const
  })
  // A value that the matrix does not have has no contrast: the record is refused.
  return grown({ op: 'lookup', args: [x.expression], rows }, 'number', true, [x])
}

/** PMML's Matrix: rows as arrays, or cells, with defaults for the diagonal and the rest. */
function readMatrix(matrix: XmlElement, size: number): (row: number, column: number) => number {
  const kind = oneOf(matrix, 'kind', ['diagonal', 'symmetric', 'any']) ?? 'any'
  const onDiagonal = optionalNumber(matrix, 'diagDefault')
  const elsewhere = optionalNumber(matrix, 'offDiagDefault')
  const entries = new Map<number, number>()
  const put = (at: XmlElement, row: number, column: number, value: number): void => {
    if (!(row >= 0 && row < size && column >= 0 && column < size)) refuseAt('model/invalid', at, 'matrixPlace')
    entries.set(row * size + column, value)
    if (kind === 'symmetric') entries.set(column * size + row, value)
  }
  for (const [i, array] of childrenOf(matrix, 'Array').entries()) {
    for (const [j, text] of readArray(array).entries()) {
      const value = numberOfText(text) ?? refuseAt('model/invalid', array, 'matrixEntry')
      if (kind === 'diagonal') put(array, j, j, value)
      else put(array, i, j, value)
    }
  }
  for (const cell of childrenOf(matrix, 'MatCell')) {
    const value = numberOfText(cell.text) ?? refuseAt('model/invalid', cell, 'matrixEntry')
    put(cell, (optionalInteger(cell, 'row') ?? 0) - 1, (optionalInteger(cell, 'col') ?? 0) - 1, value)
  }
  return (row, column) =>
    entries.get(row * size + column) ??
    (row === column ? onDiagonal : (elsewhere ?? (kind === 'diagonal' ? 0 : undefined))) ??
    refuseAt('model/invalid', matrix, 'matrixGap', { row: row + 1, column: column + 1 })
}
