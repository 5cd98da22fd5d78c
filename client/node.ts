import { Connection } from './connection.ts'
import { Key } from './owner/key.ts'
import { type ThreadOptions, threadSealers } from './owner/threadSealers.ts'
import type { ServerOptions } from './server.ts'

/** The client for Node 20 and later. */

export interface ConnectOptions extends ServerOptions, ThreadOptions {
  /** A key of one's own; it stays the caller's to dispose of. Without it one is made, for this connection. */
  readonly key?: Key
}

/** A connection to a scoring server. Nothing is sent before something is asked. */
export function connect(address: string | URL, options: ConnectOptions = {}): Connection {
  return new Connection(
    String(address),
    async () => threadSealers(options.key ?? (await Key.generate()), options),
    options,
  )
}

export { Key }
