import { readFileSync } from 'node:fs'

/** Files as people report them, with the linear predictors that were meant, by the record's id or its place. */

export interface ReportedFile {
  readonly id: string
  readonly file: string
  readonly model: string
  /** Null where no score may be given. */
  readonly wanted: Readonly<Record<string, number | null>>
  /** What the card makes of a cell, right where it is counted. */
  readonly policy?: Readonly<Record<string, number>>
  /** What is right once the first suggestion was taken, where it is not what is wanted. */
  readonly answered?: Readonly<Record<string, number>>
  /** What a person says before any question. */
  readonly encoding?: 'windows-1252'
  readonly columns?: Readonly<Record<string, number>>
  /** The line of the header, where the person is asked for it. */
  readonly header?: number
  /** The model itself is refused, with this code. */
  readonly refused?: string
}

const folder = new URL('./fixtures/cases/', import.meta.url)

export const reportedFiles = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as readonly ReportedFile[]

/** Those whose model is served. */
export const scoredFiles = reportedFiles.filter(({ refused }) => refused === undefined)

export function fileUrl({ file }: Pick<ReportedFile, 'file'>): URL {
  return new URL(file, folder)
}

/** The model beside the files, or one that ships. */
export function modelUrl({ model }: Pick<ReportedFile, 'model'>): URL {
  const shipped = model === 'credit-default'
  return new URL(shipped ? `../../server/models/${model}.json` : `fixtures/cases/models/${model}.json`, import.meta.url)
}
