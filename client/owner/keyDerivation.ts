import { argon2id } from 'hash-wasm'

/** What a key is derived with from a passphrase, besides that. */
export interface DerivationSettings {
  /** Kibibytes. */
  readonly memory: number
  readonly passes: number
  readonly lanes: number
  readonly salt: Uint8Array
}

/** 32 bytes that follow from a passphrase, made slowly so that guessing it is slow as well. */
export type DeriveKey = (passphrase: string, settings: DerivationSettings) => Promise<Uint8Array<ArrayBuffer>>

/** What new keys are wrapped with: the second recommendation of RFC 9106, which fits a browser's memory. */
export const recommended = { memory: 65_536, passes: 3, lanes: 4 } as const

/** Argon2id, version 19 (RFC 9106), over the passphrase's UTF-8 in Unicode's composed form: the same on every keyboard. */
export const argon2: DeriveKey = async (passphrase, { memory, passes, lanes, salt }) => {
  const password = new TextEncoder().encode(passphrase.normalize('NFC'))
  try {
    const derived = await argon2id({
      password,
      salt,
      memorySize: memory,
      iterations: passes,
      parallelism: lanes,
      hashLength: 32,
      outputType: 'binary',
    })
    return new Uint8Array(derived)
  } finally {
    password.fill(0)
  }
}
