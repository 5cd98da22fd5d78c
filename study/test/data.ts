import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readStudyRows, type StudyRows } from '../../cli/studyRows.ts'
import { sha256 } from '../../platform/digest.ts'
import { type Design, designOf, type Part } from '../design.ts'
import { parseStudy, type StudyFile } from '../studyFile.ts'

/** The studies of this folder and the samples that they are of. */

const root = fileURLToPath(new URL('../..', import.meta.url))

export const fits = JSON.parse(readFileSync(new URL('./fixtures/fits.json', import.meta.url), 'utf8'))

export function studyNamed(name: string): StudyFile {
  return parseStudy(readFileSync(new URL(`./fixtures/${name}.study.json`, import.meta.url), 'utf8'))
}

export function sample(name: string): Blob {
  return new Blob([readFileSync(`${root}/public/samples/${name}.csv`)])
}

export async function rowsOf(
  study: StudyFile,
  file: Blob,
  part: Part,
): Promise<{ readonly design: Design; readonly rows: StudyRows }> {
  const design = await designOf(study, part, sha256)
  return { design, rows: await readStudyRows(file, design, () => {}) }
}
