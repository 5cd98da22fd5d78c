import { describeRoute, resolver } from 'hono-openapi'
import { toHex } from '../../core/number/bytes.ts'
import type { Layout } from '../../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import type { ScoredModel } from '../../model/verdict.ts'
import { answerChunk } from '../answerChunk.ts'
import type { SchemeKey, Spent } from '../compute/tasks.ts'
import { fail } from '../faults.ts'
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
import { intakeOf } from '../http/intake.ts'
import { keyTokenHeader } from '../http/keyToken.ts'
import { problems } from '../http/openapi.ts'
import { jsonChunk } from '../http/schemas.ts'
import type { Limits } from '../limits.ts'
import { shortFingerprint } from '../log.ts'
import { type App, clientOfRequest, type Service, useOf, versionsOfRequest } from '../service.ts'
import type { Admitted } from '../state/idempotencyCache.ts'
import type { Use } from '../state/state.ts'

const bytes = { type: 'string', format: 'binary' } as const
const content = { [cbor]: { schema: bytes }, [json]: { schema: resolver(jsonChunk) } }

/** Scoring: one chunk of ciphertexts in, one of masked answers out. */
export function scoreRoutes(app: App, service: Service): void {
  const { models, keys, chunks, maskPool, limits, admission, answers, budgets, proxies } = service

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
      parameters: [{ name: keyTokenHeader, in: 'header', required: false, schema: { type: 'string' } }],
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
        const versions = versionsOfRequest(c, models)
        facts.model = versions.id
        const type = typeOfRequest(c.req.raw)
        const chunk = await readChunk(c.req.raw, type, limits, intake)
        facts.chunk = chunk.chunk
        c.get('audited').run = toHex(chunk.run)
        const model = versions.forCard(toHex(chunk.card))
        if (toHex(chunk.card) !== model.card.hash) fail('model/changed', 'modelChanged')
        const fingerprint = toHex(chunk.key)
        facts.key = shortFingerprint(fingerprint)
        service.keyTokens?.check(c.req.raw.headers, fingerprint)
        const key = (await keys.get(fingerprint)) ?? fail('key/unknown', 'keyUnknown')
        const layout = layoutOfChunk(chunk, model, key, limits)
        Object.assign(facts, { records: chunk.records, slots: layout.answeredSlots(chunk.records) })
        begin()
        const { records, ciphertexts: sent } = chunk
        const asked = { kind: 'score', client, key, fingerprint, layout, records, ciphertexts: sent } as const
        const work = { ...asked, recordsAfter: null, signal: c.req.raw.signal }
        const { ciphertexts, spent } = await answerChunk(service, model, work, async (digest, scoring) => {
          const admitted = await chunks.admit(model.card.id, chunk, digest)
          const use = useOf(c, model, records)
          const slots = layout.answeredSlots(records)
          const bound = () => answers.bound(client, schemeOf(parameterSet(key.set)), slots)
          return charged({ budgets, client, admitted, slots, use, bound }, scoring)
        })
        const response = chunkResponse({ ...chunk, ciphertexts }, layout, typeOfAnswer(c.req.raw, type))
        response.headers.set('Server-Timing', serverTiming(spent, maskPool.sizeOf(fingerprint)))
        return response
      })
      return answering.finally(intake.release)
    },
  )
}

interface Charge {
  readonly budgets: Service['budgets']
  readonly client: string
  readonly admitted: Admitted
  readonly slots: number
  readonly use: Use
  /** Throws where the client was answered too often, whatever was paid. */
  readonly bound: () => void
}

/** A chunk is paid for once, however often it is sent, and only when it is answered. */
async function charged<T>(
  { budgets, client, admitted, slots, use, bound }: Charge,
  work: () => Promise<T>,
): Promise<T> {
  if (admitted.again) {
    bound()
    return work()
  }
  const giveBack = await budgets.spendSlots({ client, slots, once: admitted.once, use })
  try {
    bound()
    const done = await work()
    await admitted.answered()
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
export function layoutOfChunk(
  chunk: SentChunk,
  { card }: ScoredModel,
  key: Pick<SchemeKey, 'set'>,
  limits: Pick<Limits, 'recordsPerChunk'>,
): Layout {
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
