import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inRoot } from '../root.ts'

export interface RecordsFile {
  readonly path: string
  readonly records: number
  remove(): Promise<void>
}

/** A file of so many records: those of the sample, again and again. */
export async function writeRecords(records: number): Promise<RecordsFile> {
  const [header, ...rows] = (await readFile(inRoot('public/samples/credit.csv'), 'utf8')).trimEnd().split('\n')
  const lines = Array.from({ length: records }, (_, i) => rows[i % rows.length] as string)
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-bench-'))
  const path = join(folder, `credit-${records}.csv`)
  await writeFile(path, `${[header, ...lines].join('\n')}\n`)
  return { path, records, remove: () => rm(folder, { recursive: true }) }
}
