import { fail as clientFail } from '../../client/faults.ts'
import type { FileKeeper } from '../../client/fileKeeper.ts'
import { sealersOf } from '../../client/sealerPool.ts'
import type { ScoringServer } from '../../client/server.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import { fromHex, toHex } from '../../core/number/bytes.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import type { RecordsHeader } from '../../files/recordsHeader.ts'
import type { ScoresFile } from '../../files/scoresFile.ts'
import { secureRandom } from '../../platform/random.ts'
import { piecesOf } from '../../reader/source.ts'
import { fail } from './faults.ts'
import { FileBlocks } from './fileBlocks.ts'
import { fileDigest } from './fileDigest.ts'
import type { KeySlice } from './key.ts'
import { type OpenedFileOfScores, planOf, type SealedState, type SessionState } from './state.ts'
import { Latest, type SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** What goes along with the records of a sealed file. */
export interface SealChoice {
  /** Columns of the file that are sealed as they are. */
  readonly columns: readonly number[]
  /** Link tokens, of these columns and under this name; null for none. */
  readonly link: { readonly columns: readonly number[]; readonly name: string } | null
}

/** What only sealed files need is fetched with the first one. */
const sealing = () => import('../../client/sealFile.ts')
const opening = () => Promise.all([import('../../client/openFile.ts'), import('../../files/scoresFile.ts')])
const recordsFiles = () => import('../../files/recordsFile.ts')
const signatures = () => import('../../files/signature.ts')

/** Sealed files: saved here, scored elsewhere, and opened here again. */
export class SealedSlice {
  readonly #store: SessionStore
  readonly #workers: Workers
  readonly #key: KeySlice
  readonly #server: ScoringServer
  readonly #work = new Latest()
  /** What waits for its key. */
  #waiting: File | null = null

  constructor(store: SessionStore, workers: Workers, key: KeySlice, server: ScoringServer) {
    this.#server = server
    this.#store = store
    this.#workers = workers
    this.#key = key
  }

  get #state(): SessionState {
    return this.#store.getState()
  }

  /** The fingerprint of what signs this key's files: shown beside the key's own. */
  async sender(): Promise<string> {
    const key = await this.#openKey()
    const [{ signerFingerprint }, publicKey] = await Promise.all([signatures(), this.#sender(key)])
    return signerFingerprint(publicKey)
  }

  /** What a row's cells become in a file: hexadecimal digits, others each time. */
  async example(cells: readonly string[]): Promise<readonly string[]> {
    const keeper = await this.#keeper(await this.#openKey())
    const [fields = []] = await keeper.sealFields(secureRandom(16), 0, [cells])
    return fields.map(toHex)
  }

  /** The checked file's records, sealed. */
  async save(choice: SealChoice, onSealed: (records: number) => void): Promise<Blob> {
    const { file, report } = this.#state
    const plan = planOf(this.#state)
    if (!file || !report || !plan || report.scorable === 0) return fail('run/nothing-to-score', 'nothingToScore')
    const [{ fileCapacity, sealFile }, key] = await Promise.all([sealing(), this.#openKey()])
    const keeper = await this.#keeper(key)
    const id = secureRandom(16)
    const { card } = plan
    const signal = this.#work.begin()
    const header: RecordsHeader = {
      file: id,
      sender: keeper.publicKey,
      source: await keeper.sourceTag(id, fromHex(await fileDigest(file, signal))),
      records: report.scorable,
      capacity: fileCapacity(card, key.set, report.scorable),
      tokens: choice.link !== null,
      columns: choice.columns.map((column) => plan.header?.[column] ?? ''),
      key,
      card,
    }
    const columns = [...choice.columns, ...(choice.link?.columns ?? [])]
    const link = choice.link && { name: choice.link.name, from: choice.columns.length }
    const blocks = new FileBlocks(this.#workers, file, plan, header.capacity, { columns })
    const sealers = sealersOf(this.#workers.sealers)
    const parts: Blob[] = []
    let sealed = 0
    const told = (records: number): void => {
      sealed += records
      onSealed(sealed)
    }
    // Each piece becomes the browser's at once, which may keep it outside memory.
    for await (const piece of sealFile(
      { header, link, sealers, keeper, blocks, begun: null, onSealed: told },
      signal,
    )) {
      parts.push(new Blob([piece as Uint8Array<ArrayBuffer>]))
    }
    if (sealed !== report.scorable) fail('file/unreadable', 'changedSinceChecked')
    return new Blob(parts, { type: 'application/octet-stream' })
  }

  /** Opens sealed scores with the key that is here; a key that comes later is tried as well. */
  async open(file: File): Promise<void> {
    const signal = this.#work.begin()
    this.#waiting = null
    const tell = (opened: number, total: number): void => {
      if (!signal.aborted) this.#store.setState({ sealed: { status: 'opening', name: file.name, opened, total } })
    }
    tell(0, 0)
    try {
      const records = await this.#records(file)
      if (records) {
        if (!signal.aborted) this.#store.setState({ sealed: records })
        return
      }
      const opened = await this.#opened(file, tell, signal)
      if (!signal.aborted) this.#store.setState({ sealed: { status: 'done', name: file.name, opened } })
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (signal.aborted) return
      if (error.code === 'sealed/key' || error.code.startsWith('key/')) this.#waiting = file
      this.#store.setState({ sealed: { status: 'failed', name: file.name, error } })
    }
  }

  /** Has the sealed records that were handed in scored by this page's server: the part of whoever has the model. */
  async score(): Promise<Blob> {
    const { sealed } = this.#state
    if (sealed.status !== 'records') return fail('run/nothing-to-score', 'nothingToScore')
    const body = new Uint8Array(await sealed.file.arrayBuffer())
    const answer = await this.#server.scoreFile(sealed.facts.model, body, this.#work.begin())
    return new Blob([answer as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' })
  }

  /** What a file of records tells, all of which its sender's signatures vouch for; null for a file of scores. */
  async #records(file: File): Promise<Extract<SealedState, { status: 'records' }> | null> {
    const [{ verifyRecordsFile }, { signerFingerprint }] = await Promise.all([recordsFiles(), signatures()])
    try {
      const { header } = await verifyRecordsFile(piecesOf(file))
      const { card, records, columns, tokens, key, sender } = header
      const features = card.features.map(({ name }) => name)
      const facts = { model: card.id, records, features, sealedColumns: columns, tokens, key: key.fingerprint }
      return { status: 'records', file, name: file.name, facts: { ...facts, sender: await signerFingerprint(sender) } }
    } catch (thrown) {
      if (asBlindscoreError(thrown).fault === 'sealedContent') return null
      throw thrown
    }
  }

  /** Another key is open. */
  keyOpened(): void {
    if (this.#waiting) void this.open(this.#waiting)
  }

  close(): void {
    this.#work.stop()
    this.#waiting = null
    this.#store.setState({ sealed: { status: 'none' } })
  }

  /** The opened scores as CSV. */
  async scoresFile(): Promise<Blob> {
    const { sealed } = this.#state
    if (sealed.status !== 'done') return fail('run/nothing-to-score', 'nothingToScore')
    const { card, columns, texts, predictors, rows } = sealed.opened
    const opened = { at: 0, records: rows.length, predictors, texts }
    return this.#workers.reader.call((reader) => reader.exportOpened(card, columns, opened))
  }

  async #opened(
    source: File,
    tell: (opened: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<OpenedFileOfScores> {
    const [{ checkOwner, openFile }, { readScoresFile }] = await opening()
    const file = await readScoresFile(piecesOf(source))
    const { header } = file
    const key = await this.#openKey()
    const keeper = await this.#keeper(key)
    checkOwner(header, keeper, key.fingerprint)
    const own = await this.#keyOfFile(file)
    try {
      const heads = header.card.heads.length
      const predictors = new Float64Array(header.records * heads)
      const texts: (readonly string[])[] = []
      const parts = { keeper, sealers: sealersOf(this.#workers.sealers) }
      for await (const block of openFile(file, parts, signal)) {
        predictors.set(block.predictors, block.at * heads)
        for (const each of block.texts) texts.push(each)
        tell(block.at + block.records, header.records)
      }
      const { signerFingerprint } = await signatures()
      const [sender, vendor] = await Promise.all([
        signerFingerprint(header.sender),
        file.vendor && signerFingerprint(file.vendor),
      ])
      const rows = Uint32Array.from({ length: header.records }, (_, i) => i + 1)
      const { card, columns } = header
      return { card, key: header.key, sender, vendor, columns, texts, predictors, rows }
    } finally {
      if (own) await this.#workers.vault.call((vault) => vault.endRunKey(own.fingerprint)).catch(() => {})
    }
  }

  /** The key of a file of its own, lent to the sealers; null where it is the present one. */
  async #keyOfFile({ header }: ScoresFile): Promise<PublicKey | null> {
    const { set, fingerprint } = header.key
    if (!schemeOf(parameterSet(set)).keyPerRun) return null
    const own = await this.#workers.vault.call((vault) => vault.makeFileKey(set, header.file))
    return own.fingerprint === fingerprint ? own : clientFail('sealed/foreign', 'sealedByOther')
  }

  async #openKey(): Promise<PublicKey> {
    const key = await this.#key.ensure()
    if (key.status === 'ready') return key.publicKey
    if (key.status === 'failed') throw key.error
    return fail(key.status === 'locked' ? 'key/locked' : 'key/lost', 'sealedNeedsKey')
  }

  #sender({ fingerprint }: PublicKey): Promise<Uint8Array> {
    return this.#workers.files.call((files) => files.sender(fingerprint))
  }

  /** The worker that has the keys of files, as what signs files and seals fields. */
  async #keeper(key: PublicKey): Promise<FileKeeper> {
    const { files } = this.#workers
    const { fingerprint } = key
    const publicKey = await this.#sender(key)
    return {
      publicKey,
      sign: (chain) => files.call((remote) => remote.sign(fingerprint, chain)),
      plantingSeed: (file) => files.call((remote) => remote.plantingSeed(fingerprint, file)),
      sourceTag: (file, digest) => files.call((remote) => remote.sourceTag(fingerprint, file, digest)),
      sealFields: (file, from, records) => files.call((remote) => remote.sealFields(fingerprint, file, from, records)),
      openFields: (file, from, records) => files.call((remote) => remote.openFields(fingerprint, file, from, records)),
      tokens: (name, records) => files.call((remote) => remote.tokens(fingerprint, name, records)),
    }
  }
}
