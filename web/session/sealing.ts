import { sealersOf } from '../../client/sealerPool.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import { fromHex, toHex } from '../../core/number/bytes.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import type { RecordsHeader } from '../../files/recordsHeader.ts'
import { fileDigest } from '../../platform/fileDigest.ts'
import { secureRandom } from '../../platform/random.ts'
import type { Plan } from '../../reader/plan.ts'
import { fail } from './faults.ts'
import { FileBlocks } from './fileBlocks.ts'
import type { FileOwner } from './fileOwner.ts'
import { planOf } from './questions.ts'
import type { SchemeSlice } from './scheme.ts'
import type { SealingState } from './sealedState.ts'
import type { SessionState } from './state.ts'
import { Latest, type SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** What goes along with the records of a sealed file. */
export interface SealChoice {
  /** Columns of the file that are sealed as they are. */
  readonly columns: readonly number[]
  /** Link tokens, of these columns and under this name; null for none. */
  readonly link: { readonly columns: readonly number[]; readonly name: string } | null
}

/** The records of a file, and what goes along. */
interface Sealing {
  readonly file: File
  readonly plan: Plan
  readonly records: number
  readonly choice: SealChoice
}

/** What only sealed files need is fetched with the first one. */
const sealing = () => import('../../client/sealFile.ts')
const signatures = () => import('../../files/signature.ts')

/**
 * Saving sealed files. One is handed out once all of it is there: a tab that is closed before leaves nothing behind that could be
 * taken for it, and the records are where they were.
 */
export class SealingSlice {
  readonly #store: SessionStore
  readonly #workers: Workers
  readonly #owner: FileOwner
  readonly #scheme: SchemeSlice
  readonly #work = new Latest()

  constructor(store: SessionStore, workers: Workers, owner: FileOwner, scheme: SchemeSlice) {
    this.#store = store
    this.#workers = workers
    this.#owner = owner
    this.#scheme = scheme
  }

  /** The fingerprint of what signs this key's files: shown beside the key's own. */
  async sender(): Promise<string> {
    const key = await this.#owner.openKey()
    const [{ signerFingerprint }, publicKey] = await Promise.all([signatures(), this.#owner.sender(key)])
    return signerFingerprint(publicKey)
  }

  /** What a row's cells become in a file: hexadecimal digits, others each time. */
  async example(cells: readonly string[]): Promise<readonly string[]> {
    const keeper = await this.#owner.keeper(await this.#owner.openKey())
    const [fields = []] = await keeper.sealFields(secureRandom(16), 0, [cells])
    return fields.map(toHex)
  }

  /** The checked file's records, sealed; null where that was stopped, or failed: the state says why. */
  async save(choice: SealChoice): Promise<Blob | null> {
    const signal = this.#work.begin()
    const tell = (state: SealingState): void => {
      if (!signal.aborted) this.#store.setState({ sealing: state })
    }
    try {
      const task = { ...scorable(this.#store.getState()), choice }
      const { records: total } = task
      tell({ status: 'sealing', sealed: 0, total })
      const blob = await this.#sealed(task, (sealed) => tell({ status: 'sealing', sealed, total }), signal)
      if (signal.aborted) return null
      tell({ status: 'saved' })
      return blob
    } catch (thrown) {
      tell({ status: 'failed', error: asBlindscoreError(thrown) })
      return null
    }
  }

  /** Ends what is being sealed, and forgets what came of the last. */
  stop(): void {
    this.#work.stop()
    this.#store.setState({ sealing: { status: 'none' } })
  }

  /** Under the scheme that a run over the same records takes. */
  async #sealed(task: Sealing, told: (sealed: number) => void, signal: AbortSignal): Promise<Blob> {
    const id = secureRandom(16)
    const set = this.#scheme.setOfRun()
    const key = await this.#owner.openKey()
    const under = (own: PublicKey): Promise<Blob> => this.#sealedUnder(own, key, id, task, told, signal)
    return set === null ? under(key) : this.#owner.withKeyOf(set.id, id, under)
  }

  async #sealedUnder(
    own: PublicKey,
    key: PublicKey,
    id: Uint8Array,
    { file, plan, records, choice }: Sealing,
    told: (sealed: number) => void,
    signal: AbortSignal,
  ): Promise<Blob> {
    const [{ fileCapacity, sealFile }, keeper] = await Promise.all([sealing(), this.#owner.keeper(key)])
    const { card } = plan
    const columns = choice.columns.map((column) => plan.header?.[column] ?? '')
    const along = { tokens: choice.link !== null, columns }
    const header: RecordsHeader = {
      file: id,
      sender: keeper.publicKey,
      source: await keeper.sourceTag(id, fromHex(await fileDigest(file, signal))),
      records,
      capacity: fileCapacity(card, own.set, records, along),
      ...along,
      key: own,
      card,
    }
    const link = choice.link && { name: choice.link.name, from: choice.columns.length }
    const cells = [...choice.columns, ...(choice.link?.columns ?? [])]
    const blocks = new FileBlocks(this.#workers, file, plan, header.capacity, { pass: 'seal', columns: cells })
    const sealers = sealersOf(this.#workers.sealers)
    const parts: Blob[] = []
    let sealed = 0
    const onSealed = (more: number): void => {
      sealed += more
      told(sealed)
    }
    // Each piece becomes the browser's at once, which may keep it outside memory.
    for await (const piece of sealFile({ header, link, sealers, keeper, blocks, begun: null, onSealed }, signal)) {
      parts.push(new Blob([piece as Uint8Array<ArrayBuffer>]))
    }
    if (sealed !== records) fail('file/unreadable', 'changedSinceChecked')
    return new Blob(parts, { type: 'application/octet-stream' })
  }
}

/** The checked file's records. Throws `run/nothing-to-score` where there is none. */
export function scorable(state: SessionState): Pick<Sealing, 'file' | 'plan' | 'records'> {
  const { file, report } = state
  const plan = planOf(state)
  if (!file || !report || !plan || report.scorable === 0) return fail('run/nothing-to-score', 'nothingToScore')
  return { file, plan, records: report.scorable }
}
