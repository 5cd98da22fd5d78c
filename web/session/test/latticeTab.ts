import { createHmac } from 'node:crypto'
import '../../../kernel/test/setup.ts'
import type { DeriveKey } from '../../../client/owner/keyDerivation.ts'
import { platform } from '../../../client/owner/platform.ts'
import { Sealer } from '../../../client/owner/sealer.ts'
import type { SealerApi } from '../../../client/owner/sealerApi.ts'
import { wrapKey } from '../../../client/owner/wrappedKey.ts'
import { type RunShape, runSetFor } from '../../../client/schemeChoice.ts'
import { set as paillierSet, secret } from '../../../client/test/key.ts'
import { BlindscoreError } from '../../../core/errors.ts'
import { toHex } from '../../../core/number/bytes.ts'
import type { PublicKey } from '../../../core/protocol/scheme.ts'
import { parameterSet } from '../../../core/protocol/schemes.ts'
import { decodeChunk } from '../../../core/protocol/wire.ts'
import { noopPair, scoreChunk } from '../../../core/test/path.ts'
import { secureRandom } from '../../../core/test/sources.ts'
import { ownerEngines } from '../../../kernel/ownerEngines.ts'
import { scoringEngines } from '../../../kernel/scoringEngines.ts'
import { Pool } from '../../../rpc/pool.ts'
import type { RpcHost } from '../../../rpc/rpcHost.ts'
import type { KeyStore } from '../../keys/keyStore.ts'
import { Vault } from '../../keys/vault.ts'
import type { Workers } from '../workers.ts'
import { FakeServer, shippedCard, workersOf } from './partners.ts'

/** Tabs that seal under the lattice scheme with the real vault, pool and sealers, and a server that scores; all in this process. */

const { engines } = ownerEngines()
const scoring = scoringEngines().engines.find(({ scheme }) => scheme.name === 'lattice')

/** A request as a sealer made it, whether or not it was ever sent. */
export interface Sealing {
  readonly seed: string
  /** Which integers are in it. */
  readonly integers: string
  readonly key: string
  readonly body: string
}

export const { shipped, card } = shippedCard('salary')
export const limits = { recordsPerChunk: 512, bodyBytes: 2 ** 20 }
const shape: RunShape = { card, limits, lanes: 4, records: 1500 }
export const set = runSetFor(shape)?.id ?? ''

const quick: DeriveKey = async (text, { salt }) => new Uint8Array(createHmac('sha256', salt).update(text).digest())
export const passphrase = 'correct horse battery staple'
/** The backup of a key, whose making takes a while: the standard's. */
export const backup = await wrapKey(
  { set: parameterSet(paillierSet), bytes: Uint8Array.from(secret) },
  passphrase,
  quick,
  platform,
)

/** Storage that keeps nothing. */
const nowhere: KeyStore = { load: async () => null, save: async () => {}, remove: async () => {} }

export class LatticeTab {
  /** All that its sealers made. */
  readonly sealings: Sealing[] = []
  readonly vault = new Vault({
    engines: Promise.resolve(engines),
    store: nowhere,
    deriveKey: quick,
    platform,
  })
  readonly #ports: MessagePort[] = []
  readonly #crashes: (sealing: number) => boolean

  /** `crashes`: whether the worker ends that made the sealing of that number, before anybody hears of it. */
  constructor(crashes: (sealing: number) => boolean = () => false) {
    this.#crashes = crashes
  }

  async workers(): Promise<Pick<Workers, 'reader' | 'sealers'>> {
    const { reader } = await workersOf(1)
    return { reader, sealers: new Pool<SealerApi>(2, () => this.#sealer()) }
  }

  close(): void {
    for (const port of this.#ports) port.close()
  }

  #sealer(): RpcHost<SealerApi> {
    const sealer = new Sealer(Promise.resolve(engines), secureRandom)
    const { port1, port2 } = new MessageChannel()
    this.#ports.push(port1, port2)
    sealer.connect(port2)
    this.vault.connect(port1)
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const died = ended.then(() => Promise.reject(new BlindscoreError('platform/worker-died', '')))
    died.catch(() => {})
    const remote: Pick<SealerApi, 'seal' | 'open'> = {
      seal: async (header, chunk) => {
        await sealer.ready(header.fingerprint)
        const sealed = sealer.seal(header, chunk)
        if (this.#crashes(this.#note(sealed.body, chunk.integers))) end()
        return sealed
      },
      open: async (header, ...answer) => {
        await sealer.ready(header.fingerprint)
        return sealer.open(header, ...answer)
      },
    }
    // What a worker that ends has made is lost with it.
    const made = async (use: (api: typeof remote) => unknown) => {
      const result = await use(remote)
      await new Promise((resolve) => setImmediate(resolve))
      return result
    }
    const call = (use: (api: typeof remote) => unknown) => Promise.race([made(use), died])
    return { ended, end, call } as unknown as RpcHost<SealerApi>
  }

  #note(body: Uint8Array, integers: Float64Array): number {
    const { key, ciphertexts } = decodeChunk(body)
    const [seed, whole] = [toHex(ciphertexts.subarray(0, 32)), toHex(body)]
    return this.sealings.push({ seed, integers: integers.join(), key: toHex(key), body: whole }) - 1
  }
}

/** Scores what is sealed with a key of the lattice scheme. */
export class LatticeServer extends FakeServer {
  readonly keepsLog = true
  key: PublicKey | null = null
  checkpoints = 0

  async checkpoint(): Promise<null> {
    this.checkpoints += 1
    return null
  }

  override answer(body: Uint8Array): Uint8Array {
    if (!this.key || !scoring) throw new Error('no key to score with')
    const server = scoring.key(parameterSet(this.key.set), this.key.bytes)
    return scoreChunk(shipped.model, body, { ...noopPair, server, random: secureRandom })
  }
}
