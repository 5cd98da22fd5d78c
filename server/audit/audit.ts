import type { Checkpoint } from '../../files/checkpoint.ts'

/** One answer, or one refusal, of a request that named a model: who, what and how much, never a value or a secret. */
export interface AuditedAnswer {
  readonly kind: 'scores' | 'phe' | 'file' | 'run'
  /** As in the server's log and in the problem's `instance`. */
  readonly request: string
  /** `key ID` of an API key, `oidc:NAME` of a token, `cert:SUBJECT`; for who needs none the class of its address. */
  readonly who: string
  readonly model: string
  /** The card's version and hash, once the request has said which it means. */
  readonly version?: string
  readonly card?: string
  /** The first bytes of the public key's fingerprint. */
  readonly key?: string
  readonly run?: string
  readonly chunk?: number
  readonly records?: number
  /** What was charged, and what there were answers for. */
  readonly slots?: number
  /** `answered`, `begun` of a file, or the code of what it failed with. */
  readonly outcome: string
}

/** The models that changed, by id and card. */
interface AuditedModels {
  readonly kind: 'models'
  readonly served: readonly { readonly model: string; readonly version: string; readonly card: string }[]
}

export type AuditedEvent = AuditedAnswer | AuditedModels

/** What the server writes down of its answers before it gives them. */
export interface Audit {
  /** Ed25519, in hexadecimal. */
  readonly signer: string
  /** Resolves once the entry is with the operating system. Throws `request/busy` where it cannot be written. */
  append(event: AuditedEvent): Promise<void>
  /** How far the log has come, on disk. Throws as `append` does. */
  checkpoint(): Promise<Checkpoint>
}
