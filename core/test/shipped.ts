import { readFileSync } from 'node:fs'
import { type CompiledModel, compileModel } from '../../model/compile.ts'
import { type ModelFile, parseModelFile } from '../../model/modelFile.ts'

/** The models that ship, compiled, each with its sample file. */
export interface Shipped {
  readonly id: string
  readonly file: ModelFile
  readonly model: CompiledModel
  /** The sample's columns by name, in file order. */
  readonly rows: readonly Readonly<Record<string, string>>[]
}

const samples = {
  'credit-default': 'credit',
  'doctor-visits': 'doctor-visits',
  'concrete-strength': 'concrete',
  salary: 'salary',
} as const

export type ShippedId = keyof typeof samples
export const shippedIds = Object.keys(samples) as ShippedId[]

export function modelText(id: ShippedId): string {
  return readFileSync(new URL(`../../server/models/${id}.json`, import.meta.url), 'utf8')
}

export function shipped(id: ShippedId): Shipped {
  const file = parseModelFile(modelText(id))
  return { id, file, model: compileModel(file), rows: readRows(`../../public/samples/${samples[id]}.csv`) }
}

/** A file of ours, which has quotes only around whole cells and neither commas nor line ends inside them. */
export function readRows(path: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(new URL(path, import.meta.url), 'utf8')
    .trimEnd()
    .split(/\r?\n/)
  const names = cellsOf(header)
  return lines.map((line) => {
    const cells = cellsOf(line)
    return Object.fromEntries(names.map((name, i) => [name, cells[i] as string]))
  })
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1'))
}

/** One text per feature of the card, in its order. */
export function cellsFor(model: CompiledModel, row: Readonly<Record<string, string>>): string[] {
  return model.card.features.map((feature) => row[feature.name] as string)
}
