import { inflateSync } from 'fflate'

/** The bytes of an embedded module: at a place of what `kernel/build.mjs` packed. */
export function unpacked(
  packed: string,
  { from, to }: { readonly from: number; readonly to: number },
): Uint8Array<ArrayBuffer> {
  const bytes = inflateSync(Uint8Array.from(atob(packed), (c) => c.charCodeAt(0)))
  return bytes.slice(from, to)
}
