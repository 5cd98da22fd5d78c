import { randomBytes } from 'node:crypto'
import { makeAccessKey, textOfKey } from '../../../server/access/accessKey.ts'
import type { Caller } from '../caller.ts'
import { LatticeShape } from '../lattice.ts'
import type { Load } from '../load.ts'
import { askToHold } from '../publicKey.ts'

/** Keys that have to be checked, and API keys and tokens. */

function badKeys(count: number) {
  return (by: Caller): void => {
    const { unheld } = by.target
    by.keepAsking(count, () => {
      const bad = unheld.proof.slice()
      bad.set(randomBytes(16), bad.length - 16)
      return askToHold(by, unheld, bad)
    })
  }
}

function newLatticeKeys(by: Caller): void {
  const shape = new LatticeShape(by.target)
  by.keepAsking(24, () => {
    const { path, bytes } = shape.key()
    return by.ask('PUT', path, { type: 'application/octet-stream', body: bytes })
  })
}

function withBearer(bearer: () => string) {
  return (by: Caller): void =>
    by.keepAsking(24, () => by.ask('GET', '/v1/models', { headers: { Authorization: `Bearer ${bearer()}` } }))
}

/** A token that the issuer's key did not sign: only its check tells. */
function forgedToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'forged', aud: 'bench', sub: 'nobody', iat: now, exp: now + 300 }
  return `${part({ alg: 'RS256', kid: 'bench' })}.${part(claims)}.${randomBytes(256).toString('base64url')}`
}

const noApiKey = () => textOfKey(makeAccessKey((count) => randomBytes(count)))

export const keyLoads: readonly Load[] = [
  { id: 'bad-keys', name: '60 bad keys at once', start: badKeys(60) },
  { id: 'lattice-keys', name: '24 new keys of the lattice scheme, again and again', start: newLatticeKeys },
  {
    id: 'wrong-api-keys',
    name: '24 requests with API keys that are none',
    needs: ['apiKeys'],
    start: withBearer(noApiKey),
  },
  {
    id: 'same-address-wrong-keys',
    name: '24 requests with API keys that are none from the honest client’s own address',
    addresses: 0,
    needs: ['apiKeys'],
    start: withBearer(noApiKey),
  },
  {
    id: 'wrong-tokens',
    name: '24 requests with forged tokens',
    needs: ['apiKeys', 'issuer'],
    start: withBearer(forgedToken),
  },
]
