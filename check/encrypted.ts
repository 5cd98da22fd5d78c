import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { fromBytes, toBytes } from '../core/bytes.ts'
import { keySizes, slotsPerCiphertext } from '../core/card.ts'
import type { SplitModel } from '../core/headroom.ts'
import { pack } from '../core/pack.ts'
import type { OwnerArithmetic } from '../core/private/arithmetic.ts'
import { ownerTwin } from '../core/private/twin.ts'
import type { RandomBytes } from '../core/random.ts'
import { offsetPlaintext, plainPredictors, readPredictors } from '../core/score.ts'
import { kernelOwnerArithmetic, loadKernel } from '../kernel/private.ts'
import { chooseEngine } from '../server/engine.ts'
import { checkPredictors, verificationRecords } from '../server/verify.ts'

/**
 * The verification records through the whole encrypted path: encoded, packed, sealed under a fresh key, scored and
 * masked as the server does it, opened, unpacked and compared. Both halves meet here, which happens nowhere else
 * outside tests; the key is gone when the command ends.
 */
export interface Encrypted {
  readonly keyBits: number
  readonly engine: string
  readonly records: number
  /** The largest distance between an opened predictor and its plaintext twin. 0: the same integers. */
  readonly worst: number
  /** Measured here, one thread, per ciphertext: made, answered, opened. */
  readonly milliseconds: { readonly seal: number; readonly score: number; readonly open: number }
}

/** The smallest key: a card's slot fits every one. */
const bits = keySizes[0]

/** Throws `model/verification` for a record that does not come out. */
export function runEncrypted(model: SplitModel): Encrypted {
  const { card, heads } = model
  const records = recordsOf(model)
  const { owner, server, engine } = freshKey()
  const table = owner.makeTable(random)
  owner.useTable(table)
  const slots = slotsPerCiphertext(card.slotBits, bits)
  const weights = heads.map((head) => head.weights)
  const offsets = heads.map((head) => offsetPlaintext(head, card.slotBits, bits))
  const padding = heads.map(() => ({}))
  const time = { seal: 0, score: 0, open: 0 }
  let worst = 0
  let blocks = 0
  for (let from = 0; from < records.length; from += slots, blocks++) {
    const block = records.slice(from, from + slots)
    const plaintexts = new Uint8Array((card.inputs.length * bits) / 8)
    card.inputs.forEach((_, j) => {
      const values = Float64Array.from(block, ({ integers }) => integers[j] as number)
      plaintexts.set(pack(values, card.slotBits, bits / 8), (j * bits) / 8)
    })
    const start = performance.now()
    const sealed = owner.seal(plaintexts, owner.residues(card.inputs.length, random))
    const sent = performance.now()
    const masks = server.masks(heads.length, random)
    const answer = server.score({ ciphertexts: sealed, blocks: 1, weights, offsets, masks })
    const returned = performance.now()
    const opened = owner.open(answer)
    time.seal += sent - start
    time.score += returned - sent
    time.open += performance.now() - returned
    const predictors = heads.map((_, h) => {
      const out = new Float64Array(block.length)
      const plaintext = opened.subarray((h * bits) / 8, ((h + 1) * bits) / 8)
      readPredictors(card, plaintext, block.length, padding[h] as object, out, 0)
      return out
    })
    block.forEach(({ integers, index }, r) => {
      const given = predictors.map((out) => out[r] as number)
      plainPredictors(model, integers).forEach((eta, h) => {
        worst = Math.max(worst, Math.abs(eta - (given[h] as number)))
      })
      if (index !== null) checkPredictors(model, given, index)
    })
  }
  owner.dispose()
  const { length } = card.inputs
  return {
    keyBits: bits,
    engine,
    records: card.verification.length,
    worst,
    milliseconds: {
      seal: time.seal / (blocks * length),
      score: time.score / (blocks * heads.length),
      open: time.open / (blocks * heads.length),
    },
  }
}

/** The verification records; where there are none, the two ends of every input, so that the path is run all the same. */
function recordsOf(model: SplitModel): { integers: Float64Array; index: number | null }[] {
  const stated = verificationRecords(model).map((integers, index) => ({ integers, index }))
  if (stated.length > 0) return stated
  const { inputs } = model.card
  return [
    { integers: new Float64Array(inputs.length), index: null },
    { integers: Float64Array.from(inputs, ({ max }) => max), index: null },
  ]
}

const random: RandomBytes = (length) => {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65536) webcrypto.getRandomValues(bytes.subarray(at, at + 65536))
  return bytes
}

function freshKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const jwk = privateKey.export({ format: 'jwk' })
  const prime = (text = ''): Uint8Array<ArrayBuffer> =>
    toBytes(fromBytes(new Uint8Array(Buffer.from(text, 'base64url'))), bits / 16)
  const [p, q] = [prime(jwk.p), prime(jwk.q)]
  const { engine } = chooseEngine()
  const { kernel } = loadKernel()
  const owners: OwnerArithmetic = kernel ? kernelOwnerArithmetic(kernel) : ownerTwin
  const n = toBytes(fromBytes(p) * fromBytes(q), bits / 8)
  return { owner: owners.privateKey(p, q), server: engine.publicKey(n), engine: engine.engine }
}
