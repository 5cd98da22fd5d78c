import { fail } from './faults.ts'

/** The text of a model file: UTF-8, UTF-16 with a byte-order mark, or what an XML declaration names. */

/** The first character that is no white space, after a byte-order mark. */
export function startOf(bytes: Uint8Array): string {
  const wide = markOf(bytes) === 'utf-16le' ? 0 : markOf(bytes) === 'utf-16be' ? 1 : null
  let at = markOf(bytes) === null ? 0 : wide === null ? 3 : 2 + wide
  while (' \t\r\n'.includes(String.fromCharCode(bytes[at] ?? 0x7f))) at += wide === null ? 1 : 2
  return String.fromCharCode(bytes[at] ?? 0)
}

/** Whether a file begins as texts do; files of numbers have control characters among their first bytes. */
export function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13)
}

function markOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

/** Throws `model/syntax` for bytes that the encoding does not have, and for one that is not known. */
export function decodeText(bytes: Uint8Array): string {
  const label = markOf(bytes) ?? declared(bytes) ?? 'utf-8'
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(label, { fatal: true })
  } catch {
    fail('model/syntax', 'encodingUnknown', { encoding: label })
  }
  try {
    return decoder.decode(bytes)
  } catch {
    fail('model/syntax', 'encodingWrong', { encoding: label })
  }
}

/** The encoding that an XML declaration names; it is ASCII up to there in every encoding without a mark. */
function declared(bytes: Uint8Array): string | null {
  const head = String.fromCharCode(...bytes.subarray(0, 200))
  return /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/.exec(head)?.[1] ?? null
}
