import { useState } from 'react'
import { pastedFile } from '../session/intake.ts'
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

interface RecordsStepProps {
  readonly address: Address
  /** Takes what is no file of records where this stands, and says that it did. */
  readonly taken?: (file: File) => Promise<boolean>
}

/** Where a file comes in: dropped anywhere on the window, chosen, pasted, or a sample that the address names. */
export function RecordsStep({ address, taken }: RecordsStepProps) {
  const words = useWords().records
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const [several, setSeveral] = useState(false)
  const take = async (files: readonly File[]): Promise<void> => {
    const [first, second] = files
    if (!first || (taken && (await taken(first)))) return
    setSeveral(second !== undefined)
    void session.handIn.take(first, { scored: address.page === 'outcomes' })
  }
  const over = useWindowDrop((files) => void take(files))
  usePaste((text, files) => void take(files.length > 0 ? files : [pastedFile(text)]))
  return (
    <Step place="records" title={words.title} aside={file && <FileName file={file} />}>
      <FileSources address={address} onFile={(chosen) => void take([chosen])} />
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
