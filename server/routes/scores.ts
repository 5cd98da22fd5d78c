import { describeRoute, resolver } from 'hono-openapi'
import { toHex } from '../../core/number/bytes.ts'
import type { Layout } from '../../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import type { ServedModel } from '../../model/verdict.ts'
import { checkChunk, scoreChunk } from '../compute/chunk.ts'
import { addSpent, type SchemeKey, type Spent } from '../compute/tasks.ts'
import { fail } from '../faults.ts'
import { announcedBytes } from '../http/body.ts'
import {
  cbor,
  checkPieces,
  chunkResponse,
  json,
  readChunk,
  type SentChunk,
  typeOfAnswer,
  typeOfRequest,
} from '../http/chunk.ts'
import { problems } from '../http/openapi.ts'
import { jsonChunk } from '../http/schemas.ts'
import type { Limits } from '../limits.ts'
import { shortFingerprint } from '../log.ts'
import { type App, clientOfRequest, type Service } from '../service.ts'
import type { Admitted } from '../state/idempotencyCache.ts'

const bytes = { type: 'string', format: 'binary' } as const
const content = { [cbor]: { schema: bytes }, [json]: { schema: resolver(jsonChunk) } }

/** Scoring: one chunk of ciphertexts in, one of masked answers out. */
export function scoreRoutes(app: App, service: Service): void {
  const { models, keys, chunks, maskPool, compute, limits, admission, budgets, bodyMemory, metrics, pace, trustProxy } =
    service
  const { answers } = service

  app.post(
    '/v1/models/:id/scores',
    describeRoute({
      summary: 'Score one chunk of encrypted records',
      description: [
        'The body is one CBOR map (members v, card, key, run, chunk, records, ciphertexts; core/README.md has its bytes)',
        'or the same members in JSON, with each ciphertext a text. Under Paillier it holds ceil(records / K) × inputs',
        'ciphertexts, block by block, and its answer, with the same other members, ceil(records / K) × heads; under the lattice',
        'scheme a seed and a polynomial per input, and its answer two per head. Sending a chunk again is safe: it is scored',
        'again, its answer masked anew, and nothing charged. What is charged are the slots that an answer has values for.',
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
          records,
          ciphertexts: chunk.ciphertexts,
          signal: c.req.raw.signal,
        }
        const checked = await checkChunk(compute, work)
        const admitted = await chunks.admit(model.card.id, chunk, checked.digest)
        const slots = layout.answeredSlots(records)
        const scored = await charged({ budgets, client, admitted, slots }, async () => {
          await answers.count(schemeOf(parameterSet(key.set)), model, layout, records)
          return scoreChunk(compute, maskPool, work)
        })
        const { ciphertexts } = scored
        const spent = addSpent(checked.spent, scored.spent)
        countScored(metrics, model.card.id, { records, slots, spent, stock: scored.stock })
        const response = chunkResponse({ ...chunk, ciphertexts }, layout, typeOfAnswer(c.req.raw, type))
        response.headers.set('Server-Timing', serverTiming(spent, maskPool.sizeOf(fingerprint)))
        return response
      })
      return answering.finally(memory.release)
    },
  )
}

export function countScored(
  metrics: Service['metrics'],
  model: string,
  done: { readonly records: number; readonly slots: number; readonly spent: Spent; readonly stock: number },
): void {
  metrics.count(done.spent)
  metrics.records.inc({ model }, done.records)
  metrics.slots.inc({ model }, done.slots)
  metrics.masksUsed.inc({ from: 'stock' }, done.stock)
  metrics.masksUsed.inc({ from: 'request' }, done.spent.direct + done.spent.byTable)
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
export function serverTiming({ ms }: Spent, masks: number): string {
  const parts = (['check', 'score', 'mask'] as const).map((work) => `${work};dur=${(ms[work] ?? 0).toFixed(2)}`)
  return [...parts, `stock;desc="${masks}"`].join(', ')
}

/**
 * How a chunk's records lie in its ciphertexts, which are as many as the records need. Throws `request/shape`, or
 * `key/size` when no record fits.
 */
function layoutOfChunk(chunk: SentChunk, { card }: ServedModel, key: SchemeKey, limits: Limits): Layout {
  const set = parameterSet(key.set)
  const layout = schemeOf(set).layout(set, card) ?? fail('key/size', 'recordFitsNot', { bits: set.bits })
  const { records } = chunk
  const most = Math.min(limits.recordsPerChunk, layout.mostRecords)
  if (records < 1 || records > most) fail('request/shape', 'recordCount', { most })
  const [ciphertexts, bytes] = [layout.requestCiphertexts(records), layout.requestBytes(records)]
  if (chunk.ciphertexts.length !== bytes) {
    fail('request/shape', 'ciphertextCount', {
      records,
      ciphertexts,
      bytes: (bytes - layout.prefixBytes) / ciphertexts,
    })
  }
  checkPieces(chunk, layout)
  return layout
}
