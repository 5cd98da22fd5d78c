import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expression } from '../../core/card/expression.ts'
import { compileModel } from '../../model/compile.ts'
import { verifyModel } from '../../model/verify.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import type { ExtendedModel } from '../extended.ts'
import { readModel } from '../read.ts'
import { predict } from './evaluate.ts'

/** A case is NAME.json (the model file), NAME.csv (records) and NAME.expected.json (what the library says of them). */

interface Expected {
  readonly predictors?: readonly (readonly number[])[]
  readonly responses?: readonly (readonly number[])[]
  readonly labels?: readonly string[]
}

export function casesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.expected.json'))
    .map((file) => file.replace('.expected.json', ''))
    .sort()
}

export const readText = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8')

export const expectedOf = (folder: string, name: string): Expected =>
  JSON.parse(readText(folder, `${name}.expected.json`)) as Expected

export const recordsOf = (folder: string, name: string): Record<string, string>[] =>
  parseCsv(readText(folder, `${name}.csv`))

/**
 * Relative to the size of what is compared, and absolute below 1. A sum whose weights cancel, as squares of numbers far
 * from zero do, may be off by as many units in the last place as its largest term has.
 */
const precision = 1e-9

/** Every difference between a model file and its library, none when they agree. */
export function compareCase(folder: string, name: string): { rows: number; problems: string[] } {
  const model = JSON.parse(readText(folder, `${name}.json`)) as ExtendedModel
  const expected = expectedOf(folder, name)
  const records = recordsOf(folder, name)
  const problems: string[] = []
  for (const column of model.derived ?? []) {
    if (!expression.safeParse(column.expression).success) problems.push(`${column.name}: not an expression`)
  }
  const check = (place: string, actual: readonly number[], wanted: readonly number[] | undefined) => {
    if (wanted === undefined) return
    const size = Math.max(1, ...wanted.map(Math.abs))
    if (
      actual.length !== wanted.length ||
      actual.some((x, i) => !(Math.abs(x - (wanted[i] as number)) <= precision * size))
    )
      problems.push(`${place}: ${actual} instead of ${wanted}`)
  }
  records.forEach((record, i) => {
    const said = predict(model, record)
    check(`predictors of row ${i + 1}`, said.predictors, expected.predictors?.[i])
    check(`responses of row ${i + 1}`, said.responses, expected.responses?.[i])
    if (expected.labels && said.label !== expected.labels[i])
      problems.push(`label of row ${i + 1}: ${said.label} instead of ${expected.labels[i]}`)
  })
  if (!model.verification?.length) problems.push('no verification records')
  for (const { record, predictors, responses } of model.verification ?? []) {
    const said = predict(model, Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)])))
    check('predictors of a verification record', said.predictors, predictors)
    check('responses of a verification record', said.responses, responses as readonly number[] | undefined)
  }
  return { rows: records.length, problems }
}

/** Why a server would not take a case's model file; none where it serves it. */
export function refusalOf(folder: string, name: string): string | undefined {
  try {
    verifyModel(compileModel(readModel(`${name}.json`, readFileSync(join(folder, `${name}.json`))).file))
    return undefined
  } catch (thrown) {
    return sentenceOf(thrown)
  }
}

/** The CSV that pandas and R write: quotes around cells that need them, doubled inside. */
export function parseCsv(text: string): Record<string, string>[] {
  const rows = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? ''),
    )
  const [header, ...body] = rows
  return body.map((cells) => Object.fromEntries((header ?? []).map((name, i) => [name, cells[i] ?? ''])))
}
