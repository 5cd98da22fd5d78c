import { describeRoute, resolver } from 'hono-openapi'
import { toHex } from '../../core/number/bytes.ts'
import type { Layout } from '../../core/protocol/scheme.ts'
import { schemeOf } from '../../core/protocol/schemes.ts'
import type { Chunk } from '../../core/protocol/wire.ts'
import type { ServedModel } from '../../model/verdict.ts'
import { checkChunk, scoreChunk } from '../compute/chunk.ts'
import { addSpent, type Spent } from '../compute/tasks.ts'
import { fail } from '../faults.ts'
import { announcedBytes } from '../http/body.ts'
import { cbor, chunkResponse, json, readChunk, typeOfAnswer, typeOfRequest } from '../http/chunk.ts'
import { problems } from '../http/openapi.ts'
import { jsonChunk } from '../http/schemas.ts'
import type { Limits } from '../limits.ts'
import { shortFingerprint } from '../log.ts'
import { type App, clientOfRequest, type Service } from '../service.ts'
import type { Admitted } from '../state/idempotencyCache.ts'
import type { HeldKey } from '../state/state.ts'

const bytes = { type: 'string', format: 'binary' } as const
const content = { [cbor]: { schema: bytes }, [json]: { schema: resolver(jsonChunk) } }

/** Scoring: one chunk of ciphertexts in, one of masked answers out. */
export function scoreRoutes(app: App, service: Service): void {
  const { models, keys, chunks, maskPool, compute, limits, admission, budgets, bodyMemory, metrics, pace, trustProxy } =
    service

  app.post(
    '/v1/models/:id/scores',
    describeRoute({
      summary: 'Score one chunk of encrypted records',
      description: [
        'The body is one CBOR map (members v, card, key, run, chunk, records, ciphertexts; core/README.md has its bytes)',
        'or the same members in JSON. It holds ceil(records / K) × inputs ciphertexts, block by block, and its answer,',
        'with the same other members, ceil(records / K) × heads. Sending a chunk again is safe: it is scored again, its',
        'answer masked anew, and nothing charged. What is charged is ceil(records / K) × K: an answer has that many scores.',
      ].join(' '),
      requestBody: { required: true, content },
      responses: {
        200: { description: 'The encrypted predictors', content },
        ...problems(400, 404, 409, 413, 415, 429, 503),
      },
    }),
    (c) => {
      const client = clientOfRequest(c, trustProxy)
      const facts = c.get('facts')
      const memory = bodyMemory.hold(client)
      // A body that did not say how long it is has its pieces counted.
      const turn = () => (announcedBytes(c.req.raw) === null ? pace.enter(client) : pace.turn(client))
      const answering = admission.run(client, async (begin) => {
        const model = models.get(c.req.param('id')) ?? fail('model/unknown', 'modelUnknown')
        facts.model = model.card.id
        const type = typeOfRequest(c.req.raw)
        const chunk = await readChunk(c.req.raw, type, limits, { take: memory.take, turn })
        facts.chunk = chunk.chunk
        if (toHex(chunk.card) !== model.card.hash) fail('model/changed', 'modelChanged')
        const fingerprint = toHex(chunk.key)
        facts.key = shortFingerprint(fingerprint)
        const key = (await keys.get(fingerprint)) ?? fail('key/unknown', 'keyUnknown')
        const layout = layoutOfChunk(chunk, model, key, limits)
        facts.records = chunk.records
        begin()
        const { records } = chunk
        const work = {
          client,
          key,
          fingerprint,
          model: model.card.id,
          layout,
          heads: model.heads.length,
          records,
          ciphertexts: chunk.ciphertexts,
          signal: c.req.raw.signal,
        }
        const checked = await checkChunk(compute, work)
        const admitted = await chunks.admit(model.card.id, chunk, checked.digest)
        const slots = layout.blockRecords * Math.ceil(records / layout.blockRecords)
        const scored = await charged({ budgets, client, admitted, slots }, () => scoreChunk(compute, maskPool, work))
        const { ciphertexts } = scored
        const spent = addSpent(checked.spent, scored.spent)
        metrics.count(spent)
        metrics.records.inc({ model: model.card.id }, records)
        metrics.slots.inc({ model: model.card.id }, slots)
        metrics.masksUsed.inc({ from: 'stock' }, scored.stock)
        metrics.masksUsed.inc({ from: 'request' }, spent.direct + spent.byTable)
        const width = layout.answerBytes(records) / layout.answerCiphertexts(records)
        const response = chunkResponse({ ...chunk, ciphertexts }, width, typeOfAnswer(c.req.raw, type))
        response.headers.set('Server-Timing', serverTiming(spent, maskPool.sizeOf(fingerprint)))
        return response
      })
      return answering.finally(memory.release)
    },
  )
}

interface Charge {
  readonly budgets: Service['budgets']
  readonly client: string
  readonly admitted: Admitted
  readonly slots: number
}

/** A chunk is paid for once, however often it is sent, and only when it is answered. */
async function charged<T>({ budgets, client, admitted, slots }: Charge, work: () => Promise<T>): Promise<T> {
  if (admitted.again) return work()
  const giveBack = await budgets.spendSlots(client, slots)
  try {
    const done = await work()
    // The same bytes may have been answered meanwhile.
    if ((await admitted.answered()).again) await giveBack()
    return done
  } catch (thrown) {
    await giveBack()
    throw thrown
  }
}

/**
 * Milliseconds of processor time that an answer took, and the masks that are left. It tells no more of the records
 * than their number: the program that scores is the model's, whatever is encrypted.
 */
function serverTiming({ ms }: Spent, masks: number): string {
  const parts = (['check', 'score', 'mask'] as const).map((work) => `${work};dur=${(ms[work] ?? 0).toFixed(2)}`)
  return [...parts, `stock;desc="${masks}"`].join(', ')
}

/**
 * How a chunk's records lie in its ciphertexts, which are as many as the records need. Throws `request/shape`, or
 * `key/size` when no record fits.
 */
function layoutOfChunk(chunk: Chunk, { card }: ServedModel, { set }: HeldKey, limits: Limits): Layout {
  const layout = schemeOf(set).layout(set, card) ?? fail('key/size', 'recordFitsNot', { bits: set.bits })
  const { records } = chunk
  if (records < 1 || records > limits.recordsPerChunk) {
    fail('request/shape', 'recordCount', { most: limits.recordsPerChunk })
  }
  const [ciphertexts, bytes] = [layout.requestCiphertexts(records), layout.requestBytes(records)]
  if (chunk.ciphertexts.length !== bytes) {
    fail('request/shape', 'ciphertextCount', { records, ciphertexts, bytes: bytes / ciphertexts })
  }
  return layout
}
