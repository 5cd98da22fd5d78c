import { expect, it } from 'vitest'
import { toBytes } from '../../core/number/bytes.ts'
import { ownerReference } from '../../core/private/paillier/reference.ts'
import { reference } from '../../core/protocol/paillier/reference.ts'
import { iso } from '../../core/test/vectors.ts'
import { kernelOwnerArithmetic } from '../private.ts'
import { kernelArithmetic } from '../public.ts'
import { compareCorners } from './corners.ts'
import { choosePlain, kernel, random } from './harness.ts'

/** The module for platforms without relaxed SIMD. */

it('gives what BigInt gives at the corners of every range', () => {
  choosePlain()
  const result = compareCorners(process.env.SLOW ? 8192 : 2048)
  expect(result).toMatchObject({ wrong: [] })
  expect(result.compared).toBeGreaterThan(10_000)
})

it('seals, scores and opens as the reference does', () => {
  choosePlain()
  const [p, q, n] = [toBytes(iso.p, 128), toBytes(iso.q, 128), toBytes(iso.p * iso.q, 256)]
  const owner = kernelOwnerArithmetic(kernel()).privateKey(p, q)
  const slow = ownerReference.privateKey(p, q)
  owner.useTable(owner.makeTable(random))
  const plaintexts = random(4 * 256).map((byte, i) => (i % 256 === 0 ? 0 : byte))
  const ciphertexts = owner.encrypt(plaintexts, owner.residues(4, random))
  expect([...slow.decrypt(ciphertexts)]).toEqual([...plaintexts])
  expect([...owner.decrypt(ciphertexts)]).toEqual([...plaintexts])

  const task = {
    ciphertexts,
    blocks: 2,
    weights: [Float64Array.of(3, -(2 ** 40))],
    offsets: [new Uint8Array(256).fill(1, 200)],
    masks: kernelArithmetic(kernel()).publicKey(n).masks(2, random),
  }
  const scored = kernelArithmetic(kernel()).publicKey(n).score(task)
  expect([...scored]).toEqual([...reference.publicKey(n).score(task)])
})
