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
