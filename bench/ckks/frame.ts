/** Several byte strings as one: per string its length in four bytes, little-endian, then its bytes. */
export function frame(strings: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(strings.reduce((sum, string) => sum + 4 + string.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const string of strings) {
    view.setUint32(at, string.length, true)
    bytes.set(string, at + 4)
    at += 4 + string.length
  }
  return bytes
}

/** The inverse of {@link frame}; the strings are views on `bytes`. */
export function unframe(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const strings: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true)
    strings.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return strings
}
