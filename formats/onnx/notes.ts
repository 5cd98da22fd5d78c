import type { NoFacts } from '../../core/errors.ts'
import type { NodeName } from './faults.ts'

/** What became of an ONNX file on its way to a model file, and the facts that a sentence about it needs. */
export interface OnnxNotes {
  columnsNamed: { readonly input: string; readonly first: string; readonly last: string }
  inputsLeftOut: { readonly inputs: readonly string[] }
  floatCategories: { readonly node: NodeName }
  secondScore: { readonly node: NodeName }
  outputUnlinked: { readonly output: string }
  outputSpare: { readonly output: string; readonly carriers: readonly string[] }
  allClasses: NoFacts
  probabilityOfClass: { readonly name: string }
  probabilityOfTwo: { readonly name: string | null }
  decisionOfTwo: { readonly name: string | null }
  singlePrecision: { readonly bound: number }
}
