import { describeRoute, resolver } from 'hono-openapi'
import { toHex } from '../../core/number/bytes.ts'
import type { KeySize } from '../../core/protocol/paillier/layout.ts'
import { schemeOf } from '../../core/protocol/schemes.ts'
import { sha256 } from '../../platform/digest.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import { intakeOf } from '../http/intake.ts'
import { keyBytesType, readKey, type SentKey } from '../http/key.ts'
import { problems } from '../http/openapi.ts'
import { keyAnswer, keyRequest } from '../http/schemas.ts'
import { shortFingerprint } from '../log.ts'
import { type App, clientOfRequest, type Service } from '../service.ts'

const description = [
  'In JSON, a modulus of Paillier: the fingerprint is the SHA-256 of n’s bytes, in hexadecimal, and the proof shows that',
  'gcd(n, φ(n)) = 1; it is checked once. As bytes, a key of the lattice scheme, whose parameter set the query names: the',
  'fingerprint is the SHA-256 of the body. core/README.md has both.',
].join(' ')

/** Public keys: sent once with their proof, referred to by fingerprint from then on. */
export function keyRoutes(app: App, service: Service): void {
  const { limits, proxies } = service
  app.put(
    '/v1/keys/:fingerprint',
    describeRoute({
      summary: 'Register a public key',
      description,
      parameters: [{ name: 'set', in: 'query', required: false, schema: { type: 'string' } }],
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: resolver(keyRequest) },
          [keyBytesType]: { schema: { type: 'string', format: 'binary' } },
        },
      },
      responses: {
        200: { description: 'The key was held', content: { 'application/json': { schema: resolver(keyAnswer) } } },
        201: { description: 'The key is new', content: { 'application/json': { schema: resolver(keyAnswer) } } },
        ...problems(400, 401, 403, 413, 415, 429, 503),
      },
    }),
    async (c) => {
      const client = clientOfRequest(c, proxies)
      const intake = intakeOf(service, client, c.req.raw)
      try {
        const sent = await readKey(c.req.raw, c.req.query('set'), limits, intake)
        const fingerprint = toHex(await sha256(sent.publicKey))
        if (c.req.param('fingerprint') !== fingerprint) fail('key/fingerprint', 'fingerprint')
        c.get('facts').key = shortFingerprint(fingerprint)
        const isNew = await holdKey(service, { client, fingerprint, sent, signal: c.req.raw.signal })
        const { scheme, id, bits } = sent.set
        const named = scheme === 'paillier' ? { bits: bits as KeySize } : { set: id }
        return c.json({ fingerprint, ...named, token: service.keyTokens?.of(fingerprint) }, isNew ? 201 : 200)
      } finally {
        intake.release()
      }
    },
  )
}

interface Request {
  readonly client: string
  readonly fingerprint: string
  readonly sent: Omit<SentKey, 'proof'> & { readonly proof: Uint8Array | null }
  readonly signal: AbortSignal
}

/** Holds a key once it is checked, for all that it shows where it has no proof; false where it was held. */
export async function holdKey(
  { keys, maskPool, compute, budgets, metrics, schemes }: Service,
  { client, fingerprint, sent: { set, publicKey, proof }, signal }: Request,
): Promise<boolean> {
  const scheme = schemeOf(set)
  if (!schemes.includes(scheme)) fail('key/scheme', 'schemeNotServed', { served: schemes.map(({ name }) => name) })
  const held = await keys.get(fingerprint)
  if (held !== undefined && held.set !== set.id) fail('key/size', 'keyOfAnotherSet')
  if (held !== undefined) return false
  const key = { set: set.id, publicKey, fingerprint }
  const attempt = { client, fingerprint, proof: proof === null ? '' : sha256Hex(set.id, '\0', proof), key, signal }
  await keys.admit(attempt, async (stop) => {
    await budgets.spendKey(client, publicKey.length)
    metrics.keyChecks.inc({})
    const share = { client, work: scheme.keyCheckWork(set) }
    for (let step = 0; step < scheme.keyCheckSteps; step++)
      await compute.checkKeyStep({ key, proof, step }, share, stop)
  })
  if (scheme.scoresWithItems && proof !== null) maskPool.add({ fingerprint, key, client, coming: null })
  return true
}
