/** Base64 (RFC 4648), written here because core touches no platform. */

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const forUrls = `${standard.slice(0, 62)}-_`

/** With padding (section 4). */
export function toBase64(bytes: Uint8Array): string {
  return encode(bytes, standard).padEnd(4 * Math.ceil(bytes.length / 3), '=')
}

/** The bytes that base64 spells, or null when it is not the one padded spelling of them. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = decode(text.replace(/={1,2}$/, ''), standard)
  return bytes !== null && toBase64(bytes) === text ? bytes : null
}

/** For addresses and without padding (section 5). */
export function toBase64url(bytes: Uint8Array): string {
  return encode(bytes, forUrls)
}

/** The bytes that unpadded base64url spells, or null when it is not the one spelling of them. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = decode(text, forUrls)
  return bytes !== null && toBase64url(bytes) === text ? bytes : null
}

/** Four characters for three bytes, fewer for the last one or two. */
function encode(bytes: Uint8Array, alphabet: string): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const characters = Math.min(3, bytes.length - at) + 1
    for (let i = 0; i < characters; i++) text += alphabet[(group >> (18 - 6 * i)) & 63]
  }
  return text
}

function decode(text: string, alphabet: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let held = 0
  let at = 0
  const values = valuesOf(alphabet)
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? -1
    if (value < 0) return null
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (held >> bits) & 0xff
  }
  return bytes
}

/** The value of each character by its code, or −1: a server decodes a megabyte at once. */
function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1)
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i
  return values
}
