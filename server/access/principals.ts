/** Who asks, where this server does not answer everybody. */
export interface Principal {
  /** The key's public half: what its holder is called in the log and counted under. */
  readonly id: string
  /** The models that it may use; null for all but those that have to be named (`audience` of a model file). */
  readonly models: ReadonlySet<string> | null
  /** Whether it may see what all use. */
  readonly operator?: boolean
}

/** Those who may ask. */
export interface Principals {
  /** Whose key this is. Throws `access/refused` for none that is taken, `access/expired` for one whose time is over. */
  of(key: string): Promise<Principal>
  /** The records that a principal may have scored in an hour, where that was agreed; else null. */
  recordsPerHour(id: string): number | null
}

/** Those who may ask by a certificate that a trusted proxy checked. */
export interface Certificates {
  /**
   * Whom it names, by a request's headers and, where there is a socket, as they came on it; null where there is none. Throws as
   * {@link Principals.of} does.
   */
  of(headers: Headers, raw: readonly string[] | undefined): Promise<Principal | null>
  /** As {@link Principals.recordsPerHour}. */
  recordsPerHour(id: string): number | null
}

/** Where the operator entered certificates. */
export interface EnteredCertificates {
  /** Who a certificate of that subject is; null where it was never entered. Throws as {@link Principals.of} does. */
  certified(subject: string): Promise<Principal | null>
  recordsPerHour(id: string): number | null
}
