import type { Context } from 'hono'
import { isIPv4 } from '../http/addresses.ts'
import { type AppEnv, addressOfRequest, type Service } from '../service.ts'
import type { AuditedAnswer } from './audit.ts'

/** What writes down what became of a request, where the server keeps a log of that; nothing of one that named no model. */
export function tellerOf({ audit, metrics, proxies }: Service, c: Context<AppEnv>, kind: AuditedAnswer['kind']) {
  return async (outcome: string): Promise<void> => {
    const { model, ...named } = c.get('audited')
    if (audit === null || model === undefined) return
    const { chunk, records, slots, key } = c.get('facts')
    const known = Object.entries({ key, chunk, records, slots }).filter(([, value]) => value !== undefined)
    const who = whoOfRequest(c, proxies)
    const request = c.get('requestId')
    try {
      await audit.append({ kind, request, who, model, ...named, ...Object.fromEntries(known), outcome })
      metrics.audit.inc({ result: 'written' })
    } catch (thrown) {
      metrics.audit.inc({ result: 'failed' })
      throw thrown
    }
  }
}

/** What the log calls who asks. */
export function whoOfRequest(c: Context<AppEnv>, proxies: Service['proxies']): string {
  const principal = c.get('principal')
  return principal ? nameOf(principal.id) : classOf(addressOfRequest(c, proxies))
}

/** Of an API key that it is one: what a token or a certificate names says so itself. */
function nameOf(id: string): string {
  return id.includes(':') ? id : `key ${id}`
}

/** What is written of an address: where it is, and not which. */
function classOf(address: string): string {
  if (isIPv4(address)) {
    const [a = 0, b = 0] = address.split('.').map(Number)
    if (a === 127) return 'loopback'
    const isPrivate =
      a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254)
    return isPrivate ? 'private address' : 'public address'
  }
  // An IPv6 address is known by its network alone, and of that of zeros by far the most are this machine.
  if (address === '0:0:0:0::/64') return 'loopback'
  if (/^f[cd]|^fe[89ab]/i.test(address)) return 'private address'
  return address.includes(':') ? 'public address' : 'unknown address'
}
