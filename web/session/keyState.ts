import type { BlindscoreError } from '../../core/errors.ts'
import type { KeyName, PublicKey } from '../../core/protocol/scheme.ts'
import type { EngineReport } from '../../kernel/public.ts'
import type { KeyStatus } from '../keys/vault.ts'
import type { StoragePromise } from './deviceStorage.ts'

export interface KeySlice {
  /** The id of the parameter set that the present key has, or the next one gets. */
  readonly keySet: string
  readonly key: KeyState
  /** How long the browser keeps a key that this device remembers. */
  readonly storage: StoragePromise
  /** Which arithmetic the workers run on, once there is a key. */
  readonly engine: EngineReport | null
}

/** The key as the page knows it: its public half and where it stands. The private half is in the vault's workers. */
export type KeyState =
  /** `unmade` and `forgotten` are made good by a new key; for the others the backup is asked for first. */
  | { readonly status: 'none'; readonly why: 'unmade' | 'forgotten' | 'lost' | 'evicted' }
  | { readonly status: 'making'; readonly set: string }
  | { readonly status: 'ready'; readonly publicKey: PublicKey; readonly held: KeyStatus }
  | { readonly status: 'locked'; readonly name: KeyName; readonly held: KeyStatus }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

/** What is public of the key that is here, open or locked. */
export function keyName(key: KeyState): KeyName | null {
  if (key.status === 'ready') return key.publicKey
  return key.status === 'locked' ? key.name : null
}
