// The server of a page has no connections: no name of another leads to it, and no proxy stands before it.

export class Hosts {
  check() {}
}

export class Proxies {
  some = false

  trusts() {
    return false
  }

  /** @param {string | undefined} peer */
  addressOf(peer) {
    return peer
  }
}

export class ProxiedPlaces {
  /** @template T @param {string} _ @param {() => Promise<T>} work */
  within(_, work) {
    return work()
  }
}

export class ConnectionOwners {
  own() {}
}
