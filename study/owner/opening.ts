import { toHex } from '../../core/number/bytes.ts'
import type { Sha256 } from '../../core/number/digest.ts'
import type { Summary } from '../../stats/summary.ts'
import { readAnswer } from '../answerFile.ts'
import type { Design } from '../design.ts'
import { fitElsewhere } from '../elsewhere.ts'
import { fail } from '../faults.ts'
import { mostOutcome, sealedLayout } from '../layout.ts'
import { digestOfRecords, type OwnFile, withOpened } from '../ownFile.ts'
import { type OpeningKey, openSums } from './open.ts'

/** Records as they were sealed: the ones of the intercept first, and each record's row in its file. */
export interface Records {
  readonly design: Design
  readonly columns: readonly Float64Array<ArrayBuffer>[]
  readonly rows: Uint32Array<ArrayBuffer>
}

export interface Means {
  readonly sha256: Sha256
  /** The key, for as long as sums are opened. Throws `key/backup`. */
  readonly unlock: () => Promise<OpeningKey & { dispose(): void }>
  /** Keeps the file of who sealed. Resolves once it is kept. */
  readonly remember: (own: OwnFile) => Promise<void>
}

/**
 * The fit that an answer gives. That it was opened is kept before it is: whatever becomes of it, no other answer will be, so that who
 * answers cannot ask about single records by what is refused. Throws `study/answer`, `study/opened`, and what a fit throws.
 */
export async function openAnswer(own: OwnFile, answer: Uint8Array, records: Records, means: Means): Promise<Summary> {
  const { study } = own
  const { design, columns, rows } = records
  const { sha256 } = means
  const got = readAnswer(new TextDecoder().decode(answer))
  if ((await digestOfRecords(columns, rows, sha256)) !== own.records) fail('study/answer', 'recordsChanged')
  if (got.records !== rows.length) fail('study/answer', 'answerElsewhere')
  const opening = withOpened(own, got.sealed, toHex(await sha256(Uint8Array.from(answer))))
  const key = await means.unlock()
  try {
    await means.remember(opening)
    const layout = sealedLayout(study, maximaOf(design), rows.length, key.bits)
    const sums = openSums(key, layout, columns, mostOutcome(study), got.ciphertexts)
    return fitElsewhere(study, design, columns, { sums, turned: got.turned, squares: got.squares })
  } finally {
    key.dispose()
  }
}

/** X of each column, the ones of the intercept first. */
export const maximaOf = ({ inputs }: Design): number[] => [1, ...inputs.map(({ max }) => max)]
