import { equalBytes, fromBytes, fromHex, toBytes } from '../../core/number/bytes.ts'
import type { OwnerArithmetic } from '../../core/private/paillier/arithmetic.ts'
import type { Arithmetic } from '../../core/protocol/paillier/arithmetic.ts'
import { inputsOf, integerPredictor, type Material, plaintextsOf, primesOf, random, slotsOf } from '../material.ts'
import type { Participant, Work } from '../operations.ts'
import { libraryKey } from './library.ts'

/** Blocks worked on at once: two, since the kernel has two lanes. */
const blocks = 2
const someMasks = 32

/**
 * An engine of core/arithmetic.ts. What it makes is opened with `paillier-bigint`, and what that library encrypts it
 * must open.
 */
export function engine(name: string, material: Material, server: Arithmetic, owner: OwnerArithmetic): Participant {
  const { keyBits } = material
  const [p, q] = primesOf(material)
  const n = fromBytes(p) * fromBytes(q)
  const width = keyBits / 4
  const library = libraryKey(material)
  const inputs = inputsOf(material)

  const ours = owner.privateKey(p, q)
  const started = performance.now()
  const table = ours.makeTable(random)
  ours.useTable(table)
  const residueTable = performance.now() - started
  const theirs = server.publicKey(toBytes(n, keyBits / 8))
  const tabled = server.publicKey(toBytes(n, keyBits / 8))
  const before = performance.now()
  tabled.prepareMasks(random)
  const maskTable = performance.now() - before

  const count = blocks * inputs
  const plaintexts = plaintextsOf(material, blocks)
  const stock = ours.residues(count, random)
  const ciphertexts = ours.encrypt(plaintexts, stock)
  const spoiled = ciphertexts.slice()
  spoiled.set(toBytes(fromBytes(p), width), (count - 1) * width)
  const task = {
    ciphertexts,
    blocks,
    weights: [Float64Array.from(material.weights)],
    offsets: [fromHex(material.offset)],
    masks: theirs.masks(blocks, random),
  }

  const decrypt = (bytes: Uint8Array): Uint8Array => toBytes(library.decrypt(fromBytes(bytes)), keyBits / 8)
  const each = (batch: unknown): Uint8Array[] => {
    const bytes = batch as Uint8Array
    return Array.from({ length: bytes.length / width }, (_, i) => bytes.subarray(i * width, (i + 1) * width))
  }
  const distinct = (all: readonly Uint8Array[]): boolean => new Set(all.map(String)).size === all.length
  const opensTo =
    (expected: Uint8Array) =>
    (batch: unknown): boolean => {
      const all = each(batch)
      return ends(all).every((i) => {
        const opened = decrypt(all[i] as Uint8Array)
        return equalBytes(opened, expected.subarray((i * width) / 2, ((i + 1) * width) / 2))
      })
    }
  const opensTheLibrarys = (): boolean => {
    const first = plaintexts.subarray(0, width / 2)
    return equalBytes(ours.decrypt(toBytes(library.publicKey.encrypt(fromBytes(first)), width)), first)
  }
  /** Encryptions of zero, none of them trivial, none twice. */
  const areResidues = (batch: unknown): boolean => {
    const all = each(batch)
    return distinct(all) && ends(all).every((i) => isResidue(fromBytes(all[i] as Uint8Array)))
  }
  const isResidue = (c: bigint): boolean => c !== 1n && library.decrypt(c) === 0n
  const masks = (arithmetic: typeof theirs, items: number): Work => ({
    items,
    run: () => arithmetic.masks(items, random),
    right: areResidues,
  })

  return {
    name,
    valuesPerCiphertext: slotsOf(material),
    bytesUp: width,
    bytesDown: width,
    preparations: { residueTable, ...(server.hasMaskTables && { maskTable }) },
    // The kernel's entries are a view on the memory that it works in.
    ...(server.hasMaskTables && { memory: table.entries.buffer.byteLength }),
    operations: {
      residue: { items: count, run: () => ours.residues(count, random), right: areResidues },
      seal: {
        items: count,
        run: () => ours.encrypt(plaintexts, ours.residues(count, random)),
        right: opensTo(plaintexts),
      },
      sealStocked: { items: count, run: () => ours.encrypt(plaintexts, stock), right: opensTo(plaintexts) },
      open: {
        items: count,
        run: () => ours.decrypt(ciphertexts),
        right: (opened) => equalBytes(opened as Uint8Array, plaintexts) && opensTheLibrarys(),
      },
      scoreBlock: {
        items: blocks,
        run: () => theirs.score(task),
        right: (scored) => each(scored).every((c, b) => scoresAre(material, decrypt(c), b)),
      },
      maskDirect: masks(theirs, 2),
      // The reference has no table: its masks are always made by exponentiation.
      ...(server.hasMaskTables && { maskTable: masks(tabled, someMasks) }),
      check: {
        items: count,
        run: () => theirs.firstInvalid(ciphertexts),
        right: (index) => index === -1 && theirs.firstInvalid(spoiled) === count - 1,
      },
    },
  }
}

/** The first two and the last two of a batch, in both lanes: the library takes long to open them all. */
function ends(all: readonly unknown[]): number[] {
  return [...new Set([0, 1, all.length - 2, all.length - 1])]
}

/** Whether a block's opened answer holds the predictors of its records. */
function scoresAre(material: Material, plaintext: Uint8Array, block: number): boolean {
  const slots = slotsOf(material)
  const packed = fromBytes(plaintext)
  const half = 1n << BigInt(material.slotBits - 1)
  return Array.from({ length: slots }, (_, r) => r).every((r) => {
    const slot = BigInt.asUintN(material.slotBits, packed >> BigInt(material.slotBits * r))
    return slot - half === integerPredictor(material, block * slots + r)
  })
}
