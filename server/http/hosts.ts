import { errorOf } from '../faults.ts'
import { isIPv4, isIPv6 } from './addresses.ts'

/**
 * Refuses requests under a name that is not this server's. A page of anywhere may have its own name point to an address that
 * only this machine or network reaches (DNS rebinding), and its browser then takes that page and this server for one origin. It
 * cannot do so under an address, nor under `localhost`.
 */
export class Hosts {
  readonly #names: ReadonlySet<string>

  constructor(names: readonly string[]) {
    this.#names = new Set(names.map((name) => name.toLowerCase()))
  }

  /** Throws `request/host`. */
  check(request: Request): void {
    const named = request.headers.get('host')
    const asked = [new URL(request.url).hostname, ...(named === null ? [] : [hostnameOf(named)])]
    if (!asked.every((name) => this.#isOwn(name))) throw errorOf('request/host', 'foreignHost')
  }

  #isOwn(name: string): boolean {
    if (isIPv4(name) || isIPv6(name.replace(/^\[(.*)\]$/, '$1'))) return true
    return name === 'localhost' || name.endsWith('.localhost') || this.#names.has(name)
  }
}

function hostnameOf(host: string): string {
  const url = `http://${host}/`
  return URL.canParse(url) ? new URL(url).hostname : ''
}
