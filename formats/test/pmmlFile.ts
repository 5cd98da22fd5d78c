import { makeEncoder } from '../../core/card/encode.ts'
import { responses } from '../../core/card/outcome.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { compileModel } from '../../model/compile.ts'
import { checkModelFile } from '../../model/modelFile.ts'
import { readPmml } from '../pmml/read.ts'
import { predict } from './evaluate.ts'

/** PMML files small enough to compute by hand, and what a reader makes of them. */

interface Parts {
  fields?: string
  mining?: string
  shared?: string
  local?: string
  body?: string
  head?: string
  model?: string
  target?: string
}

export const number = (name: string, inside = ''): string =>
  `<DataField name="${name}" optype="continuous" dataType="double">${inside}</DataField>`
export const text = (name: string, ...values: string[]): string =>
  `<DataField name="${name}" optype="categorical" dataType="string">${values.map((value) => `<Value value="${value}"/>`).join('')}</DataField>`
export const active = (...names: string[]): string => names.map((name) => `<MiningField name="${name}"/>`).join('')

export function pmml({
  fields,
  mining,
  shared = '',
  local = '',
  body,
  head,
  model = 'RegressionModel',
  target,
}: Parts): string {
  return `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>
<DataDictionary>${fields ?? number('x')}${target ?? number('y')}</DataDictionary>
${shared && `<TransformationDictionary>${shared}</TransformationDictionary>`}
<${model} ${head ?? 'functionName="regression"'}>
<MiningSchema>${mining ?? active('x')}<MiningField name="y" usageType="target"/></MiningSchema>
${local && `<LocalTransformations>${local}</LocalTransformations>`}
${body ?? '<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>'}
</${model}></PMML>`
}

/** A field derived by an expression, and a model that is that field. */
export function derivedBy(expression: string, fields = number('x'), names = ['x'], optype = 'continuous'): string {
  return pmml({
    fields,
    mining: active(...names),
    local: `<DerivedField name="d" optype="${optype}" dataType="${optype === 'continuous' ? 'double' : 'string'}">${expression}</DerivedField>`,
    body: '<RegressionTable intercept="0"><NumericPredictor name="d" coefficient="1"/></RegressionTable>',
  })
}

export function score(file: string, cells: Record<string, string>): number | 'refused' {
  const { model } = readPmml(file)
  try {
    return predict(model, cells).responses[0] as number
  } catch {
    return 'refused'
  }
}

/** A record's responses by name, as the core makes them of the file; 'refused' where it has none. */
export function served(file: string, cells: Record<string, string>): Record<string, number> | 'refused' {
  const model = compileModel(checkModelFile(readPmml(file).model))
  const { card } = model
  const x = new Float64Array(card.inputs.length)
  const texts = card.features.map(({ name }) => cells[name] ?? '')
  if (makeEncoder(card).encode(texts, x, 1, 0).length > 0) return 'refused'
  const given = responses(card, plainPredictors(model, x))
  return Object.fromEntries(card.responses.map((name, r) => [name, given[r] as number]))
}
