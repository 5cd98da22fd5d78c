import { useState } from 'react'
import { pastedFile } from '../session/intake.ts'
import { isNumbersFile } from '../session/numbers.ts'
import { PartsText } from '../ui/PartsText.tsx'
import { Step } from '../ui/Step.tsx'
import { usePaste } from '../ui/usePaste.ts'
import { useWindowDrop } from '../ui/useWindowDrop.ts'
import type { Address } from './address.ts'
import { FileSources } from './FileSources.tsx'
import { OpenedFile } from './OpenedFile.tsx'
import styles from './RecordsStep.module.css'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Where a file comes in: dropped anywhere on the window, chosen, pasted, or a sample that the address names. */
export function RecordsStep({ address }: { readonly address: Address }) {
  const words = useWords().records
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const [several, setSeveral] = useState(false)
  const open = (files: readonly File[]): void => {
    const [first, second] = files
    if (busy || !first) return
    if (/\.(?:scored|blind)$/i.test(first.name)) return void session.sealed.open(first)
    setSeveral(second !== undefined)
    void session.file.open(first)
  }
  /** What another program encrypted is no file of records, and does not wait for a run. */
  const drop = async (files: readonly File[]): Promise<void> => {
    const [first] = files
    if (first && (await isNumbersFile(first))) await session.numbers.takeIn(first)
    else open(files)
  }
  const over = useWindowDrop((files) => void drop(files))
  usePaste((text, files) => open(files.length > 0 ? files : [pastedFile(text)]))
  return (
    <Step title={words.title} aside={file && <FileName file={file} />}>
      <FileSources address={address} onFile={(chosen) => void drop([chosen])} />
      <OpenedFile several={several} />
      {over && (
        <div className={styles.over}>
          <p>{busy ? words.dropLater : words.dropHere}</p>
        </div>
      )}
    </Step>
  )
}

function FileName({ file: { name, size } }: { readonly file: File }) {
  const words = useWords().records
  const sample = useSessionState((state) => state.origin === 'sample')
  return (
    <span className={styles.file}>
      <PartsText
        parts={sample ? words.sample(name, size) : words.file(name, size)}
        elements={{
          file: (text) => (
            <span translate="no" className={styles.name}>
              {text}
            </span>
          ),
        }}
      />
    </span>
  )
}
