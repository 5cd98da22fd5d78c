import { concat } from '../../core/number/bytes.ts'
import type { ParameterSet } from '../../core/protocol/scheme.ts'
import { utf8 } from '../../files/fields.ts'
import { ownerOf } from '../../kernel/ownerEngines.ts'
import type { Secret } from './secret.ts'

/** The salt of all keys of sealed files: see `fileKeys.ts`, which derives the others. */
export const fileKeysLabel = 'blindscore file keys 1'

/**
 * The secret of a sealed file's own key, where a scheme's keys are for one run: the same whenever it is asked for. By WebCrypto's
 * HKDF, since the worker that holds the key needs no other of those keys.
 */
export async function fileSecretOf(secret: Secret, set: ParameterSet, file: Uint8Array): Promise<Secret> {
  const key = await crypto.subtle.importKey('raw', secret.bytes, 'HKDF', false, ['deriveBits'])
  const info = concat([utf8('run\0'), utf8(`${set.id}\0`), file])
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: utf8(fileKeysLabel), info }
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * ownerOf(set).secretBytes(set)))
  return { set, bytes }
}
