import { unforeseen } from '../../core/errors.ts'
import { toHex } from '../../core/number/bytes.ts'
import type { OwnerEngine, Platform } from '../../core/private/owner.ts'
import type { KeySize } from '../../core/protocol/paillier/layout.ts'
import { keyFingerprint, type ParameterSet } from '../../core/protocol/scheme.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { readNumbers } from '../../interop/phe/file.ts'
import { openNumbers } from '../../interop/phe/private/open.ts'
import { holdsPrivateKey, readPheKey, secretBytes } from '../../interop/phe/private/privateKey.ts'
import { bytesOfModulus } from '../../interop/phe/publicKey.ts'
import { fail } from './faults.ts'

/** What a file of python-paillier was: its key, which is held from now on, or numbers, opened, record by record. */
export type TakenIn =
  | { readonly kind: 'key'; readonly fingerprint: string; readonly bits: number }
  | { readonly kind: 'numbers'; readonly records: readonly (readonly string[])[] }

/** A key is some 2 KB; of numbers more than these bytes would keep the worker for minutes. */
const mostKeyBytes = 65_536
const mostBytes = 32 * 2 ** 20

/** Holds a private key of python-paillier for as long as its worker lives, and opens its numbers. It is never stored. */
export class NumbersKey {
  readonly #engines: readonly OwnerEngine[]
  readonly #platform: Pick<Platform, 'random' | 'sha256'>
  #held: { readonly set: ParameterSet; readonly bytes: Uint8Array<ArrayBuffer>; readonly n: bigint } | null = null

  constructor(engines: readonly OwnerEngine[], platform: Pick<Platform, 'random' | 'sha256'>) {
    this.#engines = engines
    this.#platform = platform
  }

  /**
   * Takes a file in, whichever it is. Throws `key/locked` for numbers while there is no key, and what reading and opening
   * throw; then the key that was here stays.
   */
  async takeIn(file: Blob): Promise<TakenIn> {
    const start = await file.slice(0, mostKeyBytes).text()
    if (file.size <= mostKeyBytes && holdsPrivateKey(start)) return this.#hold(start)
    if (file.size > mostBytes) fail('phe/syntax', 'numbersTooMany', { mebibytes: mostBytes / 2 ** 20 })
    const numbers = readNumbers(await file.text(), 'open')
    const { set, bytes, n } = this.#held ?? fail('key/locked', 'noNumbersKey')
    const key = this.#engineOf(set).key(set, bytes.slice())
    try {
      return { kind: 'numbers', records: openNumbers(key, n, numbers).map((record) => record.map(String)) }
    } finally {
      key.dispose()
    }
  }

  async #hold(text: string): Promise<TakenIn> {
    const { p, q, n, bits } = readPheKey(text)
    const set = parameterSet(`paillier-${bits satisfies KeySize}`)
    const bytes = secretBytes({ p, q, n, bits })
    this.#engineOf(set).owner.checkSecret(set, bytes, this.#platform.random)
    this.#held?.bytes.fill(0)
    this.#held = { set, bytes, n }
    const fingerprint = toHex(await keyFingerprint(bytesOfModulus(n), this.#platform.sha256))
    return { kind: 'key', fingerprint, bits }
  }

  #engineOf({ scheme }: ParameterSet): OwnerEngine {
    return this.#engines.find(({ owner }) => owner.scheme.name === scheme) ?? unforeseen('no engine for the scheme')
  }
}
