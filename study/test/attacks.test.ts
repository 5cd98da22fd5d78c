import { describe, expect, test } from 'vitest'
import { platform } from '../../client/owner/platform.ts'
import { fromBytes, toBytes, toHex } from '../../core/number/bytes.ts'
import { checkKey } from '../../core/protocol/paillier/publicKey.ts'
import { crossProducts } from '../../stats/exactSums.ts'
import { readAnswer, writeAnswer } from '../answerFile.ts'
import { answered, checkedFile, toldBefore } from '../answering.ts'
import { mostOutcome, readableOutcomes, sealedLayout } from '../layout.ts'
import { newLedger, readLedger, withAnswer, writeLedger } from '../ledger.ts'
import { openSums } from '../owner/open.ts'
import { openAnswer } from '../owner/opening.ts'
import { digestOfRecords, type OwnFile, withOpened } from '../ownFile.ts'
import { turningProbability } from '../randomised.ts'
import { readSealed, type SealedFile, writeSealed } from '../sealedFile.ts'
import type { StudyFile } from '../studyFile.ts'
import { rowsOf, sample, studyNamed } from './data.ts'
import {
  answerTo,
  arithmetic,
  freshOwner,
  maximaOf,
  random,
  sealedBy,
  set,
  sha256,
  weightedProduct,
  withOnes,
} from './sides.ts'

/** What either side of a study could try on the other, by name. Each ends in its own code, or in nothing learned. */

const study = studyNamed('credit')
const owner = freshOwner()
const records = 2000

async function honest() {
  const { design, rows } = await rowsOf(study, sample('credit'), 'both')
  const columns = withOnes(
    rows.columns.map((column) => column.slice(0, records)),
    records,
  )
  const [outcomes, numbers] = [rows.outcomes.slice(0, records), rows.rows.slice(0, records)]
  const maxima = maximaOf(design)
  const layout = sealedLayout(study, maxima, records, set.bits)
  return {
    design,
    columns,
    outcomes,
    numbers,
    maxima,
    layout,
    sealed: sealedBy(await owner, study, maxima, columns, numbers),
  }
}
const made = honest()

const refused = (code: string, fault?: string) => expect.objectContaining({ code, ...(fault && { fault }) })

describe('whoever seals', () => {
  test('beyond the slots: what is planted there is hidden by a fresh number, and the sums below are right', async () => {
    const { key } = await owner
    const { columns, outcomes, layout, sealed } = await made
    const bits = BigInt(layout.partBits[0] as number)
    // Geometric weights, a bit for each of the first records.
    const planted = columns[0]?.map((_, i) => i) as Float64Array
    const plaintexts = new Uint8Array((records * set.bits) / 8)
    planted.forEach((i) => {
      const own = layout.slots.reduce(
        (sum, { from }, j) => sum + (BigInt(columns[j]?.[i] as number) << BigInt(from)),
        0n,
      )
      const plain = own + (i < 1000 ? 1n << (bits + BigInt(i)) : 0n)
      plaintexts.set(toBytes(plain, set.bits / 8), (i * set.bits) / 8)
    })
    const ciphertexts = key.encrypt(plaintexts, key.residues(records, random))
    const would = outcomes.slice(0, 1000).reduce((sum, y, i) => sum + (BigInt(y) << BigInt(i)), 0n)
    const highs = []
    for (let time = 0; time < 2; time++) {
      const answer = await answerTo({ ...sealed, ciphertexts }, outcomes)
      expect(openSums(key, layout, columns, 1, answer)).toEqual(crossProducts(columns, outcomes))
      highs.push(fromBytes(key.decrypt(answer)) >> bits)
    }
    expect(highs[0]).not.toBe(highs[1])
    for (const high of highs) expect(BigInt.asUintN(1000, high)).not.toBe(would)
  })

  test('in-range read-out: columns that could spell outcomes are too wide for so few records', async () => {
    const wide = await withColumns(
      Array.from({ length: 4 }, (_, j) => ({ name: `x${j}`, type: 'integer', range: [0, 2 ** 20] })),
    )
    await expect(answerTo(wide.sealed, new Float64Array(250))).rejects.toThrow(refused('study/bits'))
    const { bits } = sealedLayout(wide.study, wide.sealed.maxima, 250, set.bits)
    expect(readableOutcomes(wide.study, bits)).toBeGreaterThan(250 / 4)
    // Randomised outcomes may be given: what is read is no outcome for sure.
    await expect(answerTo(wide.sealed, new Float64Array(250), false)).resolves.toHaveLength(set.bits / 4)
  })

  test('too many coefficients for so few records', async () => {
    const many = await withColumns(
      Array.from({ length: 5 }, (_, j) => ({ name: `x${j}`, type: 'integer', range: [0, 1] })),
    )
    await expect(answerTo(many.sealed, new Float64Array(250))).rejects.toThrow(refused('study/columns'))
  })

  test('wider columns than the study has', async () => {
    const { sealed, outcomes } = await made
    const maxima = sealed.maxima.map((maximum, j) => (j === 3 ? 1000 : maximum))
    await expect(answerTo({ ...sealed, maxima }, outcomes)).rejects.toThrow(refused('study/sealed'))
  })

  test('difference by filter: the same records but one, sealed again, under another study and another key', async () => {
    const { columns, outcomes, numbers, maxima, sealed } = await made
    const first = await whole(writeSealed(sealed), outcomes, 3)
    const fewer = columns.map((column) => column.slice(1))
    const other = { ...study, id: 'another' }
    const again = writeSealed(sealedBy(await freshOwner(), other, maxima, fewer, numbers.slice(1)))
    const kept = readLedger(writeLedger(first.ledger))
    await expect(whole(again, outcomes.slice(1), 3, kept)).rejects.toThrow(refused('study/answered', 'outcomesGiven'))
    // By whoever begins another ledger it is answered: what was not given before is.
    await expect(whole(again, outcomes.slice(1), 3)).resolves.toBeDefined()
    const before = { study: 'c', outcome: JSON.stringify(['Status', 'good']), sealed: '2'.repeat(64) }
    expect(withAnswer(kept, { ...before, rows: Uint32Array.of(5000) }).given).toHaveLength(2)
  })

  test('asking again for the same, to average what is turned', async () => {
    const { outcomes, sealed } = await made
    const file = writeSealed(sealed)
    const { ledger } = await whole(file, outcomes, 3)
    await expect(whole(file, outcomes, 3, ledger)).rejects.toThrow(refused('study/answered', 'outcomesGiven'))
    await expect(whole(file, outcomes, null, ledger)).rejects.toThrow(refused('study/answered', 'outcomesGiven'))
  })

  test('how much an answer could tell is said before it is given', async () => {
    const { outcomes, layout, sealed } = await made
    const checked = await checkedFile(writeSealed(sealed), arithmetic, sha256)
    const told = toldBefore(checked, outcomes, 3)
    expect([told.records, told.readable]).toEqual([records, layout.bits])
    // Of an intercept alone that is what the corrected errors are: A⁻¹(A + V·X'X)A⁻¹ with one column.
    const rate = outcomes.reduce((sum, y) => sum + y, 0) / records
    const f = turningProbability(3)
    const variance = rate * (1 - rate) * records
    const corrected = variance + ((f * (1 - f)) / (1 - 2 * f) ** 2) * records
    expect(told.price).toBeCloseTo(Math.sqrt(corrected / variance), 12)
  })

  test('a damaged ledger is not begun anew', () => {
    for (const text of ['', '{}', '{"format":"blindscore-study-ledger/1","secret":"AA==","given":[]}']) {
      expect(() => readLedger(text)).toThrow(refused('study/answered', 'ledgerUnread'))
    }
  })

  test('foreign key: one of records, and one of a study at a scoring server', async () => {
    const { sealed, outcomes } = await made
    const ofRecords = await freshOwner(platform)
    const { publicKey, proof } = ofRecords
    await expect(answerTo({ ...sealed, publicKey, proof }, outcomes)).rejects.toThrow(refused('key/proof'))
    await expect(checkKey(publicKey, proof, sha256, arithmetic.powers)).resolves.toBeUndefined()
    await expect(checkKey(sealed.publicKey, sealed.proof, sha256, arithmetic.powers)).rejects.toThrow(
      refused('key/proof'),
    )
  })

  test('ciphertexts that are none, too few of them, and rows that are said twice', async () => {
    const { sealed, outcomes } = await made
    const zero = Uint8Array.from(sealed.ciphertexts).fill(0, 0, set.bits / 4)
    await expect(answerTo({ ...sealed, ciphertexts: zero }, outcomes)).rejects.toThrow(refused('study/sealed'))
    const short = sealed.ciphertexts.subarray(set.bits / 4)
    await expect(answerTo({ ...sealed, ciphertexts: short }, outcomes)).rejects.toThrow(refused('study/sealed'))
    const twice = writeSealed({ ...sealed, rows: sealed.rows.map((row, i) => (i === 1 ? 1 : row)) })
    expect(() => readSealed(twice)).toThrow(refused('study/sealed'))
    expect(() => readSealed(new Uint8Array(100))).toThrow(refused('study/sealed'))
  })
})

describe('whoever answers', () => {
  test('one-hot weights that are larger than outcomes are no answer', async () => {
    const { key } = await owner
    const { columns, layout, sealed } = await made
    const single = new Float64Array(records)
    single[7] = records * 2
    const answer = await answerTo(sealed, single)
    expect(() => openSums(key, layout, columns, mostOutcome(study), answer)).toThrow(
      refused('study/answer', 'answerImpossible'),
    )
  })

  test('a shifted ciphertext and an added constant are no answer, where sums say so', async () => {
    const { key } = await owner
    const { columns, outcomes, layout, sealed } = await made
    const n = fromBytes(sealed.publicKey)
    const answer = fromBytes(await answerTo(sealed, outcomes))
    const shifted = (answer * answer) ** 2n % (n * n)
    const last = layout.slots.at(-1)
    const added = (answer * (1n + (1n << BigInt((last?.from ?? 0) + (last?.bits ?? 0) - 1)) * n)) % (n * n)
    for (const other of [shifted, added]) {
      expect(() => openSums(key, layout, columns, 1, toBytes(other, set.bits / 4))).toThrow(refused('study/answer'))
    }
  })

  test('a question by what is refused: a failed answer ends the study, and the true one is opened no more', async () => {
    const { key } = await owner
    const { design, columns, numbers, outcomes, sealed } = await made
    const file = writeSealed(sealed)
    const kept = { study, set: set.id, key: '', opened: null, records: await digestOfRecords(columns, numbers, sha256) }
    let own: OwnFile = { ...kept, sealed: toHex(await sha256(file)) }
    const { answer } = await whole(file, outcomes, null)
    const told = readAnswer(answer)
    const twice = fromBytes(told.ciphertexts) ** 2n % fromBytes(sealed.publicKey) ** 2n
    const failing = writeAnswer({ ...told, ciphertexts: toBytes(twice, set.bits / 4) })
    const open = (text: string) =>
      openAnswer(
        own,
        new TextEncoder().encode(text),
        { design, columns, rows: numbers },
        {
          sha256,
          unlock: async () => ({ bits: key.bits, decrypt: (sums) => key.decrypt(sums), dispose: () => {} }),
          remember: async (opening) => {
            own = opening
          },
        },
      )
    await expect(open(failing)).rejects.toThrow(refused('study/answer', 'answerImpossible'))
    await expect(open(answer)).rejects.toThrow(refused('study/opened', 'answerOpened'))
    own = { ...own, opened: null }
    await expect(open(answer)).resolves.toMatchObject({ records })
  })

  test('a second answer to the same records is not opened, the same one is', () => {
    const own = { study, sealed: '0'.repeat(64), records: '', set: set.id, key: '', opened: null }
    const after = withOpened(own, own.sealed, 'a'.repeat(64))
    expect(withOpened(after, own.sealed, 'a'.repeat(64))).toEqual(after)
    expect(() => withOpened(after, own.sealed, 'b'.repeat(64))).toThrow(refused('study/opened'))
    expect(() => withOpened(own, '1'.repeat(64), 'a'.repeat(64))).toThrow(refused('study/answer', 'answerElsewhere'))
  })

  test.each(['', '[]', '{"format":"blindscore-study-answer/1"}'])('%j is no answer', (text) => {
    expect(() => readAnswer(text)).toThrow(refused('study/answer', 'notAnAnswer'))
  })
})

/** What whoever has outcomes does with a file, to its end. */
async function whole(file: Uint8Array, outcomes: Float64Array, epsilon: number | null, ledger = newLedger(random)) {
  return answered(await checkedFile(file, arithmetic, sha256), outcomes, epsilon, ledger, {
    ...{ sha256, random, weightedProduct },
  })
}

/** A sealed file of 250 records of zeros, of a study with just these features. */
async function withColumns(
  features: readonly object[],
): Promise<{ readonly study: StudyFile; readonly sealed: SealedFile }> {
  const terms = features.map((feature) => (feature as { readonly name: string }).name)
  const made = { ...study, features, terms } as unknown as StudyFile
  const maxima = [
    1,
    ...features.map((feature) => (feature as { readonly range: readonly number[] }).range[1] as number),
  ]
  const columns = maxima.map((_, j) => new Float64Array(250).fill(j === 0 ? 1 : 0))
  const rows = Uint32Array.from({ length: 250 }, (_, i) => i + 1)
  return { study: made, sealed: sealedBy(await owner, made, maxima, columns, rows) }
}
