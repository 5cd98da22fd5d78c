import { unforeseen } from '../../core/errors.ts'
import { errorOf } from '../faults.ts'
import { addressBits, isWithin, type Network, readNetwork } from './addresses.ts'

/**
 * The proxies whose word is taken for who asks. Anybody can send a header: it counts from a peer whose address is in one of these
 * networks, and of what it says only the part that they added.
 */
export class Proxies {
  readonly #networks: readonly Network[]

  /** `networks`: as {@link readNetwork} takes them. */
  constructor(networks: readonly string[] = []) {
    this.#networks = networks.map((text) => readNetwork(text) ?? unforeseen('a network that is none'))
  }

  get some(): boolean {
    return this.#networks.length > 0
  }

  trusts(address: string | undefined): boolean {
    const bits = address === undefined ? null : addressBits(address)
    return bits !== null && this.#networks.some((network) => isWithin(bits, network))
  }

  /**
   * The address of who asks: the peer's or, of a trusted one, the nearest that no trusted proxy has, read from the right. What stands
   * further left is what somebody sent. Throws `request/syntax` where the two headers differ: one of them is not the proxy's.
   */
  addressOf(peer: string | undefined, headers: Headers): string | undefined {
    if (!this.trusts(peer)) return peer
    const chains = [hopsOfList(headers.get('x-forwarded-for')), hopsOfForwarded(headers.get('forwarded'))]
    const said = new Set(chains.flatMap((hops) => (hops === null ? [] : [this.#nearest(peer, hops)])))
    if (said.size > 1) throw errorOf('request/syntax', 'forwardedTwice')
    return said.size === 0 ? peer : [...said][0]
  }

  #nearest(peer: string | undefined, hops: readonly string[]): string | undefined {
    let nearest = peer
    for (const hop of [...hops].reverse()) {
      const address = addressOfHop(hop)
      // A proxy that does not say whom it speaks for is who asks.
      if (address === null) return nearest
      nearest = address
      if (!this.trusts(address)) return address
    }
    return nearest
  }
}

function hopsOfList(text: string | null): readonly string[] | null {
  return text === null ? null : text.split(',').map((hop) => hop.trim())
}

/** What RFC 7239 has as `for`, an empty text where an element has none. */
function hopsOfForwarded(text: string | null): readonly string[] | null {
  if (text === null) return null
  const elements = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []
  return elements.map((element) => {
    const found = /(?:^|;)\s*for=(?:"([^"\\]*)"|([^";,\s]*))/i.exec(element)
    return found?.[1] ?? found?.[2] ?? ''
  })
}

/** Without its port and brackets; null for what is no address, such as `unknown`. */
function addressOfHop(hop: string): string | null {
  const [, bracketed, bare] = /^(?:\[([^\]]*)\](?::\d+)?|([^:]*)(?::\d+)?)$/.exec(hop) ?? []
  const address = bracketed ?? bare ?? hop
  return addressBits(address) === null ? null : address
}
