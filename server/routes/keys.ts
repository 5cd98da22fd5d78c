import { describeRoute, resolver } from 'hono-openapi'
import { fromBase64url } from '../../core/number/base64.ts'
import type { KeySize } from '../../core/protocol/paillier/layout.ts'
import { paillier } from '../../core/protocol/paillier/scheme.ts'
import { schemeOf } from '../../core/protocol/schemes.ts'
import { workOfKeyStep } from '../compute/work.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import { mediaType, parseJson, readBody } from '../http/body.ts'
import { problems } from '../http/openapi.ts'
import { keyAnswer, keyRequest, parseAs } from '../http/schemas.ts'
import { shortFingerprint } from '../log.ts'
import { type App, clientOfRequest, type Service } from '../service.ts'

/** Public keys: sent once with their proof, referred to by fingerprint from then on. */
export function keyRoutes(app: App, { keys, maskPool, compute, limits, budgets, trustProxy, now }: Service): void {
  app.put(
    '/v1/keys/:fingerprint',
    describeRoute({
      summary: 'Register a public key',
      description:
        'The fingerprint is the SHA-256 of n’s bytes, in hexadecimal. The proof shows that gcd(n, φ(n)) = 1; it is checked once.',
      requestBody: { required: true, content: { 'application/json': { schema: resolver(keyRequest) } } },
      responses: {
        200: { description: 'The key was held', content: { 'application/json': { schema: resolver(keyAnswer) } } },
        201: { description: 'The key is new', content: { 'application/json': { schema: resolver(keyAnswer) } } },
        ...problems(400, 413, 415, 429, 503),
      },
    }),
    async (c) => {
      if (mediaType(c.req.raw) !== 'application/json')
        fail('request/media-type', 'mediaType', { accepted: ['application/json'] })
      const body = await readBody(c.req.raw, limits.keyBodyBytes)
      const request = parseAs(keyRequest, parseJson(body, limits.jsonDepth))
      const n = fromBase64url(request.n) ?? fail('request/syntax', 'memberNotBase64url', { member: 'n' })
      const proof = fromBase64url(request.proof) ?? fail('request/syntax', 'memberNotBase64url', { member: 'proof' })
      const set = paillier.parameterSetOf(n)
      const fingerprint = sha256Hex(n)
      if (c.req.param('fingerprint') !== fingerprint) {
        fail('key/fingerprint', 'fingerprint')
      }
      c.get('facts').key = shortFingerprint(fingerprint)
      const answer = { fingerprint, bits: set.bits as KeySize }
      if ((await keys.get(fingerprint)) !== undefined) return c.json(answer, 200)
      const client = clientOfRequest(c, trustProxy)
      const key = { scheme: set.scheme, publicKey: n, set }
      const attempt = { client, fingerprint, proof: sha256Hex(proof), key, signal: c.req.raw.signal }
      const share = { client, work: workOfKeyStep(n), since: now() }
      await keys.admit(attempt, async (signal) => {
        await budgets.spendKey(client, n.length)
        const { keyCheckSteps } = schemeOf(set)
        for (let step = 0; step < keyCheckSteps; step++) await compute.checkKeyStep({ key, proof, step }, share, signal)
      })
      maskPool.add({ fingerprint, key, client })
      return c.json(answer, 201)
    },
  )
}
