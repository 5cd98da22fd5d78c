import { isIPv6 } from '../http/addresses.ts'

/** The name under which a client is counted that has an address: an IPv6 client counts as its /64, since it owns all of that. */
export function clientOf(address: string | undefined): string {
  const client = (address || 'unknown').toLowerCase().slice(0, 64)
  const mapped = /^::ffff:([0-9.]+)$/.exec(client)
  if (mapped?.[1] !== undefined) return mapped[1]
  return isIPv6(client) ? network64(client) : client
}

/** The first four groups of an IPv6 address, written out. */
function network64(address: string): string {
  const [before = '', after] = (address.split('%')[0] ?? '').split('::')
  const left = before.split(':').filter(Boolean)
  const right = after?.split(':').filter(Boolean) ?? []
  const zeros = after === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
