/**
 * Whose connections are: their address's, until a request over one shows who asks. Many may ask from one address, and those of them
 * that are known have connections of their own.
 */
export class ConnectionOwners {
  readonly #owners = new WeakMap<object, string>()
  /** Told of each connection that is another's from now on. */
  onOwner: (connection: object, client: string) => void = () => {}

  /** Who is known to ask over a connection; undefined where nobody is. */
  of(connection: object): string | undefined {
    return this.#owners.get(connection)
  }

  own(connection: object, client: string): void {
    if (this.#owners.get(connection) === client) return
    this.#owners.set(connection, client)
    this.onOwner(connection, client)
  }
}
