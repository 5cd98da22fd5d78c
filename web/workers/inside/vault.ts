import { fromBytes, toBytes, toHex } from '../../../core/bytes.ts'
import type { KeySize } from '../../../core/card.ts'
import { fail } from '../../../core/errors.ts'
import { keyFingerprint } from '../../../core/key.ts'
import type { OwnerArithmetic } from '../../../core/private/arithmetic.ts'
import { makePrivateKey, type PrivateKey, proveKey } from '../../../core/private/key.ts'
import { secureRandom, sha256 } from './random.ts'
import type { VaultMessage } from './secretLink.ts'

/** What leaves the vault towards the page and the server: nothing secret. */
export interface PublicKeyInfo {
  readonly bits: KeySize
  readonly n: Uint8Array
  /** Hexadecimal SHA-256 of n. */
  readonly fingerprint: string
  /** That n and φ(n) have no common factor. */
  readonly proof: Uint8Array
}

/** The keeper of the private key: makes it, hands it to the sealers by port, forgets it. */
export class Vault {
  readonly #engine: Promise<OwnerArithmetic>
  readonly #ports: MessagePort[] = []
  #key: Extract<VaultMessage, { kind: 'key' }> | null = null
  #table: VaultMessage | null = null

  constructor(engine: Promise<OwnerArithmetic>) {
    this.#engine = engine
  }

  /** Takes one end of a channel whose other end a sealer holds, and tells it what there is to know. */
  connect(port: MessagePort): void {
    this.#ports.push(port)
    if (this.#key) port.postMessage(this.#key)
    if (this.#table) port.postMessage(this.#table)
  }

  /** Makes a new key, which replaces the present one. Throws `platform/insecure-context` without WebCrypto. */
  async makeKey(bits: KeySize): Promise<PublicKeyInfo> {
    const key = await generate(bits)
    const n = toBytes(key.n, bits / 8)
    const fingerprint = toHex(await keyFingerprint(n, sha256))
    const proof = await proveKey(key, sha256)
    this.forget()
    const primes = { p: toBytes(key.p, bits / 16), q: toBytes(key.q, bits / 16) }
    const engine = await this.#engine
    // The kernel makes a table in less time than the key took, and without one its sealers would each make their own.
    const table = engine.engine === 'kernel' ? engine.privateKey(primes.p, primes.q).makeTable(secureRandom) : null
    this.#key = { kind: 'key', fingerprint, ...primes, ...(table && { table }) }
    this.#tell(this.#key)
    return { bits, n, fingerprint, proof }
  }

  /** Makes the secret table that residues are drawn from, once, and hands it to the sealers. */
  async makeTable(): Promise<void> {
    const key = this.#key ?? fail('key/locked', 'There is no key.')
    if (this.#table || key.table) return
    const table = (await this.#engine).privateKey(key.p, key.q).makeTable(secureRandom)
    if (this.#key !== key) return
    this.#table = { kind: 'table', table }
    this.#tell(this.#table)
  }

  /** Drops the key here and in every sealer; sealing and opening are errors from then on. */
  forget(): void {
    this.#key = null
    this.#table = null
    this.#tell({ kind: 'forget' })
  }

  #tell(message: VaultMessage): void {
    for (const port of this.#ports) port.postMessage(message)
  }
}

/**
 * Two primes from WebCrypto: an RSA key of the same size has just the primes that Paillier needs, made by audited
 * native code. The RSA key itself is never used.
 */
async function generate(bits: KeySize): Promise<PrivateKey> {
  if (!globalThis.crypto?.subtle) {
    fail('platform/insecure-context', 'A key can only be made on a page opened over https or on this machine.')
  }
  const algorithm = {
    name: 'RSA-OAEP',
    modulusLength: bits,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt'])
  const { p, q } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return makePrivateKey(fromBase64Url(p ?? ''), fromBase64Url(q ?? ''), bits)
}

function fromBase64Url(text: string): bigint {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return fromBytes(Uint8Array.from(binary, (c) => c.charCodeAt(0)))
}
