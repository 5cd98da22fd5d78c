import { secureRandom } from '../../../core/test/sources.ts'
import { changeAccessFile, type KeptKey } from '../../access/accessFile.ts'
import { makeAccessKey, textOfKey } from '../../access/accessKey.ts'
import type { Secret } from '../../secret.ts'

const day = 24 * 3600 * 1000

/** Adds a key to a file, for a day unless it is said otherwise, and returns its text. */
export async function addKey(
  file: string,
  secret: Secret,
  own: Partial<KeptKey> = {},
): Promise<{ readonly id: string; readonly text: string }> {
  const key = makeAccessKey(secureRandom)
  const kept: KeptKey = {
    id: key.id,
    name: 'ABC',
    digest: Buffer.from(secret.digestOfAccess(key.id, key.secret)).toString('hex'),
    models: null,
    recordsPerHour: null,
    made: new Date().toISOString(),
    expires: new Date(Date.now() + day).toISOString(),
    revoked: null,
    ...own,
  }
  await changeAccessFile(file, secret, (there) => [...there, kept])
  return { id: key.id, text: textOfKey(key) }
}
