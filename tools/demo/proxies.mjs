// No proxy stands before the server of a page.
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
