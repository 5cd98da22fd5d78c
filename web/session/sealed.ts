import { fail as clientFail } from '../../client/faults.ts'
import type { FileKeeper } from '../../client/fileKeeper.ts'
import { sealersOf } from '../../client/sealerPool.ts'
import type { ScoringServer } from '../../client/server.ts'
import type { Threshold } from '../../core/card/threshold.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import type { ScoresFile } from '../../files/scoresFile.ts'
import { piecesOf } from '../../reader/source.ts'
import { fail } from './faults.ts'
import type { FileOwner } from './fileOwner.ts'
import type { OpenedFileOfScores, SealedState } from './sealedState.ts'
import type { SessionState } from './state.ts'
import { Latest, type SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** What only sealed files need is fetched with the first one. */
const opening = () => Promise.all([import('../../client/openFile.ts'), import('../../files/scoresFile.ts')])
const recordsFiles = () => import('../../files/recordsFile.ts')
const signatures = () => import('../../files/signature.ts')

/** Sealed files that are handed in: records for whoever has the model, scores for whoever has the key. */
export class SealedSlice {
  readonly #store: SessionStore
  readonly #workers: Workers
  readonly #owner: FileOwner
  readonly #server: ScoringServer
  readonly #opening = new Latest()
  readonly #scoring = new Latest()
  /** What waits for its key. */
  #waiting: File | null = null

  constructor(store: SessionStore, workers: Workers, owner: FileOwner, server: ScoringServer) {
    this.#server = server
    this.#store = store
    this.#workers = workers
    this.#owner = owner
  }

  get #state(): SessionState {
    return this.#store.getState()
  }

  /** Opens sealed scores with the key that is here; a key that comes later is tried as well. */
  async open(file: File): Promise<void> {
    const signal = this.#opening.begin()
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
    const answer = await this.#server.scoreFile(sealed.facts.model, body, this.#scoring.begin())
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
    this.#opening.stop()
    this.#scoring.stop()
    this.#waiting = null
    this.#store.setState({ sealed: { status: 'none' } })
  }

  /** The opened scores as CSV, with what a threshold decides of them. */
  async scoresFile(threshold: Threshold | null): Promise<Blob> {
    const { sealed } = this.#state
    if (sealed.status !== 'done') return fail('run/nothing-to-score', 'nothingToScore')
    const { card, columns, texts, predictors, rows } = sealed.opened
    const opened = { at: 0, records: rows.length, predictors, texts }
    return this.#workers.reader.call((reader) => reader.exportOpened(card, columns, opened, threshold))
  }

  async #opened(
    source: File,
    tell: (opened: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<OpenedFileOfScores> {
    const [{ checkOwner }, { readScoresFile }] = await opening()
    const file = await readScoresFile(piecesOf(source))
    const { header } = file
    const key = await this.#owner.openKey()
    const keeper = await this.#owner.keeper(key)
    checkOwner(header, keeper, key.fingerprint)
    const { set, fingerprint } = header.key
    if (!schemeOf(parameterSet(set)).keyPerRun) return this.#scores(file, keeper, tell, signal)
    return this.#owner.withKeyOf(set, header.file, async (own) => {
      if (own.fingerprint !== fingerprint) clientFail('sealed/foreign', 'sealedByOther')
      return this.#scores(file, keeper, tell, signal)
    })
  }

  async #scores(
    file: ScoresFile,
    keeper: FileKeeper,
    tell: (opened: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<OpenedFileOfScores> {
    const { header } = file
    const { openFile } = await import('../../client/openFile.ts')
    const { signerFingerprint } = await signatures()
    const heads = header.card.heads.length
    const predictors = new Float64Array(header.records * heads)
    const texts: (readonly string[])[] = []
    const parts = { keeper, sealers: sealersOf(this.#workers.sealers) }
    for await (const block of openFile(file, parts, signal)) {
      predictors.set(block.predictors, block.at * heads)
      for (const each of block.texts) texts.push(each)
      tell(block.at + block.records, header.records)
    }
    const [sender, vendor] = await Promise.all([
      signerFingerprint(header.sender),
      file.vendor && signerFingerprint(file.vendor),
    ])
    const rows = Uint32Array.from({ length: header.records }, (_, i) => i + 1)
    const { card, columns } = header
    return { card, key: header.key, sender, vendor, columns, texts, predictors, rows }
  }
}
