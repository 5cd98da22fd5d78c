/** Looks for secrets in bytes, in every way in which they are commonly written. */

export interface Secret {
  readonly name: string
  readonly text?: string
  readonly number?: number
  readonly integer?: bigint
  readonly bytes?: Uint8Array
}

export interface Finding {
  readonly name: string
  readonly encoding: string
}

/** Shorter needles would be found in ciphertexts by chance. */
const shortest = 6

/** The secrets that the bytes hold, by name and encoding. */
export function findLeaks(haystack: Buffer, secrets: readonly Secret[]): Finding[] {
  return secrets.flatMap((secret) =>
    needlesOf(secret).flatMap(({ encoding, needle }) =>
      haystack.includes(needle) ? [{ name: secret.name, encoding }] : [],
    ),
  )
}

/** Throws for a secret that is too short to be looked for in some of the ways. */
export function needlesOf({ name, text, number, integer, bytes }: Secret): { encoding: string; needle: Buffer }[] {
  const needles = [
    ...(text === undefined ? [] : textNeedles(text)),
    ...(number === undefined ? [] : doubleNeedles(number)),
    ...(integer === undefined ? [] : byteNeedles('integer', integerBytes(integer))),
    ...(bytes === undefined ? [] : keyNeedles(Buffer.from(bytes))),
  ]
  const short = needles.find(({ needle }) => needle.length < shortest)
  if (short) throw new Error(`${name} as ${short.encoding} is too short to be looked for.`)
  return needles
}

function textNeedles(text: string) {
  const wide = Buffer.from(text, 'utf16le')
  return [
    ...writtenOut('UTF-8', Buffer.from(text, 'utf8')),
    { encoding: 'UTF-16 LE', needle: wide },
    { encoding: 'UTF-16 BE', needle: Buffer.from(wide).swap16() },
  ]
}

function doubleNeedles(number: number) {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(number)
  return byteNeedles('float64', bytes)
}

/** A key's number, whole and in the thirds that a careless slice would show. */
function keyNeedles(bytes: Buffer) {
  const third = Math.floor(bytes.length / 3)
  return [
    ...byteNeedles('bytes', bytes),
    ...[0, third, 2 * third].flatMap((at) => byteNeedles(`bytes from ${at}`, bytes.subarray(at, at + third))),
    { encoding: 'decimal', needle: Buffer.from(BigInt(`0x${bytes.toString('hex')}`).toString()) },
  ]
}

/** Bytes in either order: as they are, in hexadecimal of both cases and in base64 of both alphabets. */
function byteNeedles(encoding: string, bytes: Buffer) {
  return [...writtenOut(encoding, bytes), ...writtenOut(`${encoding}, reversed`, Buffer.from(bytes).reverse())]
}

function writtenOut(encoding: string, bytes: Buffer) {
  const hex = bytes.toString('hex')
  return [
    { encoding, needle: bytes },
    { encoding: `${encoding}, hexadecimal`, needle: Buffer.from(hex) },
    { encoding: `${encoding}, capital hexadecimal`, needle: Buffer.from(hex.toUpperCase()) },
    ...[0, 1, 2].flatMap((alignment) =>
      (['base64', 'base64url'] as const).map((alphabet) => ({
        encoding: `${encoding}, ${alphabet} at ${alignment}`,
        needle: base64Middle(bytes, alignment, alphabet),
      })),
    ),
  ]
}

/** The characters of base64 that the bytes alone decide, when `alignment` bytes of something else stand before them. */
function base64Middle(bytes: Buffer, alignment: number, alphabet: 'base64' | 'base64url'): Buffer {
  const text = Buffer.concat([Buffer.alloc(alignment), bytes])
    .toString(alphabet)
    .replace(/=+$/, '')
  const first = Math.ceil((8 * alignment) / 6)
  const end = Math.floor((8 * (alignment + bytes.length)) / 6)
  return Buffer.from(text.slice(first, end))
}

function integerBytes(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}
