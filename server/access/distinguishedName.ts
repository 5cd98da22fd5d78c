/** A type and a value of RFC 4514, and what comes after them: more of the same part, the next part, or nothing. */
const pair = /([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)=((?:[^\\"+,;<>]|\\(?:[ "#+,;<=>\\]|[0-9A-Fa-f]{2}))*)(\+|,(?!$)|$)/y

/** A space at the beginning or end that is not escaped: there it is the way that tools print names for people, in another order. */
const bareSpace = /^ |(?:^|[^\\])(?:\\\\)* $/

/**
 * What a distinguished name says, the same for each way of writing it: nginx escapes the letters that are not ASCII, Caddy does not. Null
 * for what is no name of RFC 4514, OpenSSL's older `/C=AT/CN=abc` among it, which does not tell where a value ends.
 */
export function readDistinguishedName(text: string): string | null {
  const parts: string[][] = [[]]
  pair.lastIndex = 0
  for (let after = ','; after !== ''; ) {
    const [, type = '', written = '', next] = pair.exec(text) ?? []
    const value = readValue(written)
    if (next === undefined || value === null) return null
    parts.at(-1)?.push(JSON.stringify([type.toUpperCase(), value]))
    if (next === ',') parts.push([])
    after = next
  }
  // Within a part the order is no matter.
  return JSON.stringify(parts.map((part) => part.sort()))
}

/** Bytes of DER behind `#`, as they are, or a text behind `=`; null for what is neither. */
function readValue(written: string): string | null {
  if (written.startsWith('#')) return /^#(?:[0-9A-Fa-f]{2})+$/.test(written) ? written.toLowerCase() : null
  if (bareSpace.test(written)) return null
  try {
    const escaped = written.replace(/\\([0-9A-Fa-f]{2})|\\(.)|[^\\]+/gs, (all, hex?: string, one?: string) =>
      hex === undefined ? encodeURIComponent(one ?? all) : `%${hex}`,
    )
    return `=${decodeURIComponent(escaped)}`
  } catch {
    // Escaped bytes that are no UTF-8.
    return null
  }
}
