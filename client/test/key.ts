import { concat, toBytes, toHex } from '../../core/number/bytes.ts'
import { sha256 } from '../../core/test/sources.ts'
import { iso } from '../../core/test/vectors.ts'
import type { KeyMessage } from '../owner/keyMessage.ts'

/** The standard's 2048-bit key, as a vault would hand it out. */
export const set = 'paillier-2048'
export const secret = concat([toBytes(iso.p, 128), toBytes(iso.q, 128)])
export const n = toBytes(iso.p * iso.q, 256)
export const fingerprint = toHex(await sha256(n))
/** Made anew for each: whoever gets a key may overwrite it. */
export const keyMessage = (): KeyMessage => ({ kind: 'key', set, fingerprint, secret: secret.slice() })
