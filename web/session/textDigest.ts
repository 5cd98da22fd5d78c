import { toHex } from '../../core/number/bytes.ts'
import { sha256 } from '../../platform/digest.ts'

/** SHA-256 of a text in UTF-8, in hexadecimal. */
export const textDigest = async (text: string): Promise<string> => toHex(await sha256(new TextEncoder().encode(text)))
