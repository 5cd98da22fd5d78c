import type { OwnerEngine } from '../../core/private/owner.ts'
import { secureRandom } from '../../platform/random.ts'
import type { Key } from './key.ts'
import type { KeyMessage } from './keyMessage.ts'

/** What each of the threads that seal with a key is told of it: a copy of the secret, and the table that they share. */
export function keyMessageOf(key: Key, engines: readonly OwnerEngine[]): KeyMessage {
  const { set, bytes } = key.secret
  const { fingerprint } = key.publicKey
  const engine = engines.find(({ owner }) => owner.scheme.name === set.scheme)
  const table = engine?.table === 'at once' ? engine.key(set, bytes).ahead?.makeTable(secureRandom) : undefined
  return { kind: 'key', set: set.id, fingerprint, secret: bytes.slice(), ...(table && { table }) }
}
