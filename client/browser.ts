import { Connection } from './connection.ts'
import { Key } from './owner/key.ts'
import { workerSealers } from './owner/workerSealers.ts'
import type { ServerOptions } from './server.ts'

/** The client for browsers. */

export interface ConnectOptions extends ServerOptions {
  /** A key of one's own; it stays the caller's to dispose of. Without it one is made, for this connection. */
  readonly key?: Key
  /** Workers that seal side by side; as many as the device has cores and memory for, unless told. */
  readonly threads?: number
}

/** A connection to a scoring server. Nothing is sent before something is asked. */
export function connect(address: string | URL, options: ConnectOptions = {}): Connection {
  return new Connection(
    String(address),
    async () => workerSealers(options.key ?? (await Key.generate()), options.threads),
    options,
  )
}

export { Key }
