import { argon2idAsync } from '@noble/hashes/argon2.js'
import { argon2id } from 'hash-wasm'
import type { DerivationSettings, DeriveKey } from './keyDerivation.ts'

/**
 * Argon2id, version 19 (RFC 9106), over the passphrase's UTF-8 in Unicode's composed form: the same on every keyboard. Where
 * there is no WebAssembly, as in browsers' modes of higher security, it is computed by script, several times slower.
 */
export const argon2: DeriveKey = async (passphrase, settings) => {
  const password = new TextEncoder().encode(passphrase.normalize('NFC'))
  const derive = typeof globalThis.WebAssembly === 'object' ? byWebAssembly : byScript
  try {
    return new Uint8Array(await derive(password, settings))
  } finally {
    password.fill(0)
  }
}

type Derive = (password: Uint8Array, settings: DerivationSettings) => Promise<Uint8Array>

const byWebAssembly: Derive = (password, { memory, passes, lanes, salt }) =>
  argon2id({
    password,
    salt,
    memorySize: memory,
    iterations: passes,
    parallelism: lanes,
    hashLength: 32,
    outputType: 'binary',
  })

const byScript: Derive = (password, { memory, passes, lanes, salt }) =>
  argon2idAsync(password, salt, { m: memory, t: passes, p: lanes, dkLen: 32 })
