import { performance } from 'node:perf_hooks'
import { platform } from '../client/owner/platform.ts'
import { openAnswer, sealRecords } from '../client/owner/seal.ts'
import { generateSecret, publicKeyOf } from '../client/owner/secret.ts'
import { unforeseen } from '../core/errors.ts'
import { fail } from '../core/faults.ts'
import { parameterSet, parameterSets, schemeOf } from '../core/protocol/schemes.ts'
import { plainPredictors } from '../core/protocol/scoring.ts'
import { decodeChunk, encodeChunk } from '../core/protocol/wire.ts'
import { enableRelaxedSimd } from '../kernel/node.ts'
import { ownerEngines } from '../kernel/ownerEngines.ts'
import { scoringEngines } from '../kernel/scoringEngines.ts'
import type { ServedModel } from '../model/verdict.ts'
import { checkPredictors, statesResult, verificationRecords } from '../model/verify.ts'

/**
 * The verification records through the whole encrypted path: encoded, sealed under a fresh key as a client does it,
 * scored as the server does it, opened and compared. The key is gone when the command ends.
 */
export interface Encrypted {
  readonly keyBits: number
  readonly engine: string
  readonly records: number
  /** The largest distance between an opened predictor and the one computed in the clear. 0: the same integers. */
  readonly worst: number
  /** Measured here, one thread, per ciphertext: made, answered, opened. */
  readonly milliseconds: { readonly seal: number; readonly score: number; readonly open: number }
}

/** Under the smallest key: a model that is served fits every one. Throws `model/verification` for a record that does not come out. */
export async function runEncrypted(model: ServedModel): Promise<Encrypted> {
  const { card, heads } = model
  const { random } = platform
  const { key, scoring, engine, fingerprint } = await freshKey()
  const set = parameterSet(key.set.id)
  const layout = schemeOf(set).layout(set, card) ?? fail('model/budget', 'recordFitsNot', { bits: set.bits })
  const header = { card, fingerprint, run: random(16) }
  const records = recordsOf(model)
  const time = { seal: 0, score: 0, open: 0 }
  const made = { sealed: 0, scored: 0 }
  let worst = 0
  for (let from = 0; from < records.length; from += layout.blockRecords) {
    const block = records.slice(from, from + layout.blockRecords)
    const count = block.length
    const integers = new Float64Array(card.inputs.length * layout.blockRecords)
    block.forEach((record, r) => {
      record.integers.forEach((x, j) => {
        integers[j * layout.blockRecords + r] = x
      })
    })
    const chunk = { chunk: from / layout.blockRecords, records: count, capacity: layout.blockRecords, integers }
    const items = (side: typeof key | typeof scoring, wanted: number) =>
      side.ahead?.make(wanted, random) ?? new Uint8Array(0)

    const start = performance.now()
    const sealed = sealRecords(key, header, chunk, items(key, layout.sealingItems(count)), random)
    const sent = performance.now()
    const request = decodeChunk(sealed)
    const masks = items(scoring, layout.scoringItems(count))
    const { ciphertexts } = request
    const answer = scoring.score({ shape: card, heads, records: count, ciphertexts, items: masks, random })
    const returned = performance.now()
    const predictors = openAnswer(key, header, chunk, encodeChunk({ ...request, ciphertexts: answer }))
    time.seal += sent - start
    time.score += returned - sent
    time.open += performance.now() - returned
    made.sealed += layout.requestCiphertexts(count)
    made.scored += layout.answerCiphertexts(count)

    block.forEach(({ integers, index }, r) => {
      const given = Array.from(predictors.subarray(r * heads.length, (r + 1) * heads.length))
      plainPredictors(model, integers).forEach((eta, h) => {
        worst = Math.max(worst, Math.abs(eta - (given[h] as number)))
      })
      if (index !== null) checkPredictors(model, given, index)
    })
  }
  key.dispose()
  return {
    keyBits: set.bits,
    engine,
    records: card.verification.filter(statesResult).length,
    worst,
    milliseconds: { seal: time.seal / made.sealed, score: time.score / made.scored, open: time.open / made.scored },
  }
}

/** The verification records; where there are none, the two ends of every input, so that the path is run all the same. */
function recordsOf(model: ServedModel): { integers: Float64Array; index: number | null }[] {
  const stated = verificationRecords(model).map((integers, index) => ({ integers, index }))
  if (stated.length > 0) return stated
  const { inputs } = model.card
  return [
    { integers: new Float64Array(inputs.length), index: null },
    { integers: Float64Array.from(inputs, ({ max }) => max), index: null },
  ]
}

async function freshKey() {
  enableRelaxedSimd()
  const [set] = parameterSets
  const owner = ownerEngines()
  const scoring = scoringEngines()
  const ownerEngine = owner.engines.find((engine) => engine.owner.scheme.name === set?.scheme)
  const scoringEngine = scoring.engines.find((engine) => engine.scheme.name === set?.scheme)
  if (!set || !ownerEngine || !scoringEngine) return unforeseen('no engine for the scheme')
  const secret = await generateSecret(set, platform)
  const { bytes, fingerprint } = await publicKeyOf(secret, platform)
  const key = ownerEngine.key(set, secret.bytes)
  if (key.ahead) key.ahead.useTable(key.ahead.makeTable(platform.random))
  return { key, scoring: scoringEngine.key(set, bytes), engine: owner.report.engine, fingerprint }
}
