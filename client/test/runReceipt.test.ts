import { describe, expect, test } from 'vitest'
import type { Checkpoint } from '../../files/checkpoint.ts'
import type { HandOverReceipt } from '../handOverReceipt.ts'
import type { Progress } from '../progress.ts'
import { auditOf, makeFetchedReceipt } from '../runReceipt.ts'

const signed = (seq: number) => ({ format: 'blindscore-checkpoint/1', seq }) as unknown as Checkpoint
const now = { signedNow: async () => signed(9) }

test('a receipt has what the server signed at the end of the run', async () => {
  expect(await auditOf(signed(5), now)).toEqual(signed(5))
})

test('of a run that ended before its end, or got none then, it has what the server signs now', async () => {
  expect(await auditOf(undefined, now)).toEqual(signed(9))
  expect(await auditOf(null, now)).toEqual(signed(9))
})

describe('the receipt of a run that was fetched', () => {
  const key = { set: 'paillier-3072', fingerprint: 'a'.repeat(64) }
  const own = { set: 'lattice-8192-40-39', fingerprint: 'b'.repeat(64) }
  const handed = {
    server: 'https://xyz.example',
    run: '1'.repeat(32),
    stored: { id: '2'.repeat(32), token: 'secret-token', expires: '2030-01-01T00:00:00.000Z' },
    file: { name: 'customers.csv', digest: 'c'.repeat(64) },
    key,
    own: null,
    records: { count: 60, digest: 'd'.repeat(64) },
    handedOverAt: '2026-01-01T00:00:00.000Z',
    card: { id: 'salary', version: '1', title: 'Salary', hash: 'e'.repeat(64) },
  } as unknown as HandOverReceipt
  const progress = { bytesUp: 0, bytesDown: 0 } as Progress
  const fetched = { report: { rows: 61, leftOut: 1 }, progress, audit: signed(7) }

  test('says whose run it was, when it was sent and what was signed when it was fetched, and neither token nor file', () => {
    const receipt = makeFetchedReceipt(handed, fetched)
    expect(receipt).toMatchObject({
      format: 'blindscore-receipt/1',
      server: handed.server,
      model: { id: 'salary', version: '1', title: 'Salary', cardHash: handed.card.hash },
      key: { fingerprint: key.fingerprint, bits: 3072 },
      run: handed.run,
      status: 'done',
      records: { inFile: 61, scorable: 60, leftOut: 1 },
      firstSentAt: handed.handedOverAt,
      lastSentAt: handed.handedOverAt,
      audit: signed(7),
    })
    expect(JSON.stringify(receipt)).not.toMatch(/secret-token|customers|c{64}|d{64}/)
  })

  test('names the key of the run’s own where it had one', () => {
    expect(makeFetchedReceipt({ ...handed, own }, fetched).key).toMatchObject(own)
  })

  test('without its file it says of the records what the run’s own receipt did, and nothing of a log where there is none', () => {
    const receipt = makeFetchedReceipt(handed, { report: null, progress, audit: undefined })
    expect(receipt.records).toEqual({ inFile: null, scorable: 60, leftOut: null })
    expect(receipt).not.toHaveProperty('audit')
  })
})
