/** What needs a passphrase, and has one chosen the first time. */
export type Protected = 'lock' | 'backUp' | 'remember' | 'change'

/** An action of the key's panel that asks first: for a passphrase, for a backup's, or whether it is meant. */
export type KeyAsking = { readonly what: Protected | 'forget' } | { readonly what: 'restore'; readonly backup: File }
