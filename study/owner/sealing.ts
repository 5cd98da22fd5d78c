import { toHex } from '../../core/number/bytes.ts'
import type { Sha256 } from '../../core/number/digest.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import type { PrivateArithmetic } from '../../core/private/paillier/arithmetic.ts'
import { sealedLayout } from '../layout.ts'
import { checkCells, checkSize } from '../limits.ts'
import { digestOfRecords, type OwnFile } from '../ownFile.ts'
import { writeSealed } from '../sealedFile.ts'
import type { StudyFile } from '../studyFile.ts'
import { maximaOf, type Records } from './opening.ts'
import { sealRows } from './seal.ts'

/** A study's key, made for one file of records, and its text as a backup has it. */
export interface StudyKey {
  readonly set: string
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly proof: Uint8Array<ArrayBuffer>
  readonly arithmetic: PrivateArithmetic
  readonly wrapped: string
}

/** What sums of these records would tell of few of them: before a key is made. Throws `study/records`, `study/columns`, `study/cells`. */
export function checkRecords({ design, columns, rows }: Records): void {
  checkSize(rows.length, columns.length)
  checkCells(
    columns.slice(1),
    design.inputs.map(({ name }) => name),
  )
}

/** The sealed file of records that were checked, and what who seals keeps of it. The key is disposed of, whatever comes of it. */
export async function sealedStudy(
  study: StudyFile,
  records: Records,
  key: StudyKey,
  means: { readonly sha256: Sha256; readonly random: RandomBytes; readonly onSealed?: (records: number) => void },
): Promise<{ readonly file: Uint8Array<ArrayBuffer>; readonly own: OwnFile }> {
  const { sha256, random, onSealed } = means
  const { design, columns, rows } = records
  const { set, publicKey, proof, arithmetic } = key
  const maxima = maximaOf(design)
  let ciphertexts: ReturnType<typeof sealRows>
  try {
    const layout = sealedLayout(study, maxima, rows.length, arithmetic.bits)
    arithmetic.useTable(arithmetic.makeTable(random))
    ciphertexts = sealRows(arithmetic, layout, columns, random, onSealed)
  } finally {
    arithmetic.dispose()
  }
  const file = writeSealed({ study, set, publicKey, proof, maxima, rows, ciphertexts })
  const digests = { sealed: toHex(await sha256(file)), records: await digestOfRecords(columns, rows, sha256) }
  return { file, own: { study, ...digests, set, key: key.wrapped, opened: null } }
}
