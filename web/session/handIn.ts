import type { FileSlice } from './file.ts'
import { fileKind } from './fileKind.ts'
import type { NumbersSlice } from './numbers.ts'
import { isBusy } from './runState.ts'
import type { SealedSlice } from './sealed.ts'
import type { Handed } from './state.ts'
import { Latest, type SessionStore } from './store.ts'

/** Whether records have scores of ours already, which a workbook or an archive shows only once it is read. */
const hasScores = async (text: File): Promise<boolean> => (await fileKind(text)) === 'scores'

/** Who takes what: the slices of a session, and its state. */
interface Takers {
  readonly store: SessionStore
  readonly file: Pick<FileSlice, 'open' | 'openUnless'>
  readonly sealed: Pick<SealedSlice, 'open'>
  readonly numbers: Pick<NumbersSlice, 'takeIn'>
  /** Takes the receipt of a run that was handed over. */
  readonly takeRun: (file: File) => Promise<void>
}

/** Takes what a person hands in, and does or offers what is to be done with it. */
export class HandIn {
  readonly #takers: Takers
  readonly #looking = new Latest()

  constructor(takers: Takers) {
    this.#takers = takers
  }

  /** What is no file of records does not wait for a run. `scored` are records that have scores, where those are wanted. */
  async take(file: File, { scored = false } = {}): Promise<void> {
    const signal = this.#looking.begin()
    const kind = await fileKind(file)
    if (signal.aborted) return
    const { store, sealed, numbers, file: records } = this.#takers
    if (kind === 'numbers') return numbers.takeIn(file)
    if (kind === 'run') return this.#takers.takeRun(file)
    if (kind === 'backup' || kind === 'model' || (kind === 'scores' && !scored)) return this.#offer({ kind, file })
    if (kind === 'receipt') {
      const reader = await import('./readReceipt.ts').catch(() => null)
      return this.#offer({ kind, file, receipt: (await reader?.readReceipt(file)) ?? null })
    }
    if (isBusy(store.getState())) return
    this.close()
    if (kind === 'sealed') return sealed.open(file)
    if (scored) return records.open(file)
    if (!(await records.openUnless(hasScores, file))) this.#offer({ kind: 'scores', file })
  }

  /** What was offered is read as records all the same. */
  async readAsRecords(): Promise<void> {
    const { store, file: records } = this.#takers
    const { handed } = store.getState()
    if (!handed || isBusy(store.getState())) return
    this.close()
    await records.open(handed.file)
  }

  /** What was offered is not wanted, or done. */
  close(): void {
    this.#offer(null)
  }

  #offer(handed: Handed | null): void {
    this.#takers.store.setState({ handed })
  }
}
