import { toBytes, toHex } from '../../../core/bytes.ts'
import { sha256 } from '../../../core/test/sources.ts'
import { iso } from '../../../core/test/vectors.ts'
import type { VaultMessage } from '../inside/secretLink.ts'

/** The standard's 2048-bit key, as a vault would hand it out. */
export const p = toBytes(iso.p, 128)
export const q = toBytes(iso.q, 128)
export const n = toBytes(iso.p * iso.q, 256)
export const fingerprint = toHex(await sha256(n))
export const keyMessage: VaultMessage = { kind: 'key', fingerprint, p, q }
