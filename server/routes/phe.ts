import { describeRoute } from 'hono-openapi'
import { paillier, paillierSetOf } from '../../core/protocol/paillier/scheme.ts'
import { writeAnswer } from '../../interop/phe/file.ts'
import { bytesOfModulus } from '../../interop/phe/publicKey.ts'
import type { ServedModel } from '../../model/verdict.ts'
import { countScored } from '../answerChunk.ts'
import { combineNumbers } from '../compute/combine.ts'
import type { SchemeKey } from '../compute/tasks.ts'
import { workOfPlan } from '../compute/work.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import { mediaType, readBody } from '../http/body.ts'
import { json } from '../http/chunk.ts'
import { intakeOf } from '../http/intake.ts'
import { problems } from '../http/openapi.ts'
import { shortFingerprint } from '../log.ts'
import { type App, clientOfRequest, modelOfRequest, type Service, useOf } from '../service.ts'
import type { Use } from '../state/state.ts'
import { holdKey } from './keys.ts'
import { serverTiming } from './scores.ts'

const description = [
  'The body is the JSON of python-paillier’s documentation, `{"public_key": {"n": …}, "values": [["ciphertext", exponent], …]}`,',
  'once or doubly encoded, with a value for each input of the card in their order, or a list of such lists, one a record. The',
  'answer is written alike: for each record its linear predictors, one number by itself for a single one, all with one exponent.',
  'Each record is charged as a block. A key that was registered is used as that; any other is checked for what it shows without',
  'a proof.',
].join(' ')
const content = { [json]: { schema: {} } }
const truths = { type: 'string' as const, enum: ['true', 'false'] }
const flag = (name: string, description: string) => ({
  name,
  in: 'query' as const,
  required: false,
  description,
  schema: truths,
})

/** Scoring of numbers that python-paillier encrypted: one ciphertext a value. */
export function pheRoutes(app: App, service: Service): void {
  const { models, limits, admission, proxies, compute } = service
  app.post(
    '/v1/models/:id/phe',
    describeRoute({
      summary: 'Score numbers that python-paillier encrypted',
      description,
      parameters: [
        flag('intercept', '"false" leaves the constants out'),
        flag('list', '"true" writes a list of pairs also where one number would stand by itself'),
      ],
      requestBody: { required: true, content },
      responses: {
        200: { description: 'The encrypted predictors', content },
        ...problems(400, 401, 403, 404, 409, 413, 415, 429, 503),
      },
    }),
    (c) => {
      const client = clientOfRequest(c, proxies)
      const facts = c.get('facts')
      const intake = intakeOf(service, client, c.req.raw)
      const answering = admission.run(client, async (begin) => {
        const model = modelOfRequest(c, models)
        facts.model = model.card.id
        if (mediaType(c.req.raw) !== json) fail('request/media-type', 'mediaType', { accepted: [json] })
        const body = await readBody(c.req.raw, limits.jsonBytes, intake)
        const mostRecords = Math.max(1, Math.floor(limits.numbersPerRequest / model.card.inputs.length))
        const withoutIntercept = c.req.query('intercept') === 'false'
        const asked = { body, heads: model.realHeads, withoutIntercept, mostRecords }
        const share = { client, work: workOfPlan(body.length) }
        const { n, style, records, plan } = await compute.plan(asked, share, c.req.raw.signal)
        facts.records = records
        const publicKey = bytesOfModulus(n)
        facts.key = shortFingerprint(sha256Hex(publicKey))
        const key = await keyOf(service, client, publicKey, c.req.raw.signal)
        begin()
        const work = { client, key, model: model.card.hash, plan, signal: c.req.raw.signal }
        const { numbers, timing, slots } = await scored(service, model, work, (records) => useOf(c, model, records))
        facts.slots = slots
        return new Response(writeAnswer(n, numbers, style, c.req.query('list') === 'true'), {
          headers: { 'Content-Type': json, 'Cache-Control': 'no-store', 'Server-Timing': timing },
        })
      })
      return answering.finally(intake.release)
    },
  )
}

/**
 * The key of a request. Throws `key/unknown` for one without a proof where the operator wants one. One without a proof is held under a name that no chunk can say, so that only what comes as these
 * numbers is ever scored under it.
 */
async function keyOf(service: Service, client: string, publicKey: Uint8Array, signal: AbortSignal): Promise<SchemeKey> {
  const set = paillierSetOf(publicKey)
  const proven = await service.keys.get(sha256Hex(publicKey))
  if (proven !== undefined) return proven
  if (service.provenKeys) fail('key/unknown', 'keyUnknown')
  const fingerprint = `phe:${sha256Hex(publicKey)}`
  await holdKey(service, { client, fingerprint, sent: { set, publicKey, proof: null }, signal })
  return { set: set.id, publicKey }
}

/** Each record is charged the slots of a block, as its answer costs as much, and only when it is answered. */
async function scored(
  service: Service,
  { card }: ServedModel,
  work: Parameters<typeof combineNumbers>[1],
  use: (records: number) => Use,
) {
  const { compute, budgets, metrics } = service
  const { client, key, plan } = work
  const records = plan.groups.reduce((sum, { indices }) => sum + indices.length, 0)
  const slots = records * (paillier.layout(paillierSetOf(key.publicKey), card)?.slots ?? 1)
  const giveBack = await budgets.spendSlots({ client, slots, use: use(records) })
  try {
    const { numbers, spent } = await combineNumbers(compute, work)
    countScored(metrics, card.id, { records, slots, spent, stock: 0 })
    return { numbers, slots, timing: serverTiming(spent, 0) }
  } catch (thrown) {
    await giveBack()
    throw thrown
  }
}
