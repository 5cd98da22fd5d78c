import type { Caller } from './caller.ts'

/** What a server has to be started with for a load, besides its defaults: stored runs, studies, API keys, tokens of an issuer. */
export type Need = 'runs' | 'studies' | 'apiKeys' | 'issuer'

/** Load that somebody without a record to score may bring on a server. Each runs until its signal aborts. */
export interface Load {
  /** What it is called on the command line. */
  readonly id: string
  readonly name: string
  /** How many addresses of this machine it comes from; 0 is that of the honest client. */
  readonly addresses?: number
  readonly needs?: readonly Need[]
  /** With a good API key of its own or, where none is said, with none. */
  readonly bearer?: 'own'
  /** Resolves once the load has begun. */
  start(by: Caller): void | Promise<void>
}
