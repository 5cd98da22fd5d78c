import { expect, test } from 'vitest'
import type { Checkpoint } from '../../../files/checkpoint.ts'
import { auditOf } from '../receipt.ts'
import type { RunMap } from '../scoreFile.ts'

const signed = (seq: number) => ({ format: 'blindscore-checkpoint/1', seq }) as unknown as Checkpoint
const ran = (audit?: Checkpoint | null) => ({ map: { ...(audit !== undefined && { audit }) } as RunMap })
const now = { signedNow: async () => signed(9) }

test('a receipt has what the server signed at the end of the run', async () => {
  expect(await auditOf(ran(signed(5)), now)).toEqual(signed(5))
})

test('of a run that ended before its end, or got none then, it has what the server signs now', async () => {
  expect(await auditOf(ran(), now)).toEqual(signed(9))
  expect(await auditOf(ran(null), now)).toEqual(signed(9))
})
