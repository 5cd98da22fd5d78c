/** Internet addresses by their form, on any platform. */

/** Four decimal numbers below 256 without leading zeros, with dots between them. */
export function isIPv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)
}

/** RFC 4291, 2.2, with a zone or without one. */
export function isIPv6(text: string): boolean {
  const [address = '', zone, ...more] = text.split('%')
  if (more.length > 0 || zone === '' || !/^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(address)) return false
  return URL.canParse(`http://[${address}]/`)
}

/** An address as 128 bits, one of four bytes as what stands for it among the others (RFC 4291, 2.5.5.2); null for none. */
export function addressBits(text: string): bigint | null {
  if (isIPv4(text)) return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0xffffn)
  if (!isIPv6(text)) return null
  const [before = '', after] = new URL(`http://[${text.split('%')[0]}]/`).hostname.slice(1, -1).split('::')
  const left = before.split(':').filter(Boolean)
  const right = after?.split(':').filter(Boolean) ?? []
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

/** The addresses that begin alike. */
export interface Network {
  readonly bits: bigint
  /** How many bits of 128 are not told. */
  readonly open: bigint
}

/** A network such as `10.0.0.0/8` or `2001:db8::/32`, or one address; null for what is none. */
export function readNetwork(text: string): Network | null {
  const [address = '', length, ...more] = text.split('/')
  const bits = addressBits(address)
  if (bits === null || address.includes('%') || more.length > 0) return null
  const most = isIPv4(address) ? 32 : 128
  if (length !== undefined && !(/^(0|[1-9][0-9]{0,2})$/.test(length) && Number(length) <= most)) return null
  const open = BigInt(most - Number(length ?? most))
  // Bits beyond the length are a mistake, of which of both nobody can tell.
  return (bits >> open) << open === bits ? { bits, open } : null
}

export function isWithin(bits: bigint, network: Network): boolean {
  return bits >> network.open === network.bits >> network.open
}
