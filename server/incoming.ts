import type { IncomingMessage } from 'node:http'
import type { Proxies } from './http/proxies.ts'
import { clientOf } from './state/client.ts'

/** The address under which a request counts before the app has seen it; that of the proxy where its headers contradict each other. */
export function clientOfIncoming({ socket, headers }: IncomingMessage, proxies: Proxies): string {
  const { remoteAddress } = socket
  if (!proxies.trusts(remoteAddress)) return clientOf(remoteAddress)
  const said = new Headers()
  for (const name of ['x-forwarded-for', 'forwarded']) {
    const value = headers[name]
    if (typeof value === 'string') said.set(name, value)
  }
  try {
    return clientOf(proxies.addressOf(remoteAddress, said))
  } catch {
    return clientOf(remoteAddress)
  }
}
