import { errorOf } from '../session/faults.ts'
import { pastedFile } from '../session/intake.ts'
import { Button } from '../ui/Button.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import type { Address } from './address.ts'
import { Problem } from './Problem.tsx'
import styles from './RecordsStep.module.css'
import { useSamples } from './useSamples.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

interface FileSourcesProps {
  readonly address: Address
  readonly onFile: (file: File) => void
}

/** The ways of handing in a file by a button, and why one failed. */
export function FileSources({ address, onFile }: FileSourcesProps) {
  const words = useWords().records
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const { own, fetching } = useSamples(address)
  const pasting = useTask(async () => {
    const text = await navigator.clipboard.readText().catch(() => null)
    if (text === null) throw errorOf('file/unreadable', 'clipboardDenied')
    if (text.trim() === '') throw errorOf('file/empty', 'clipboardEmpty')
    await session.file.open(pastedFile(text))
  })
  return (
    <>
      <div className={file ? styles.bar : styles.target}>
        {!file && (
          <p>
            <PartsText parts={words.drop} elements={{ strong: (text) => <strong>{text}</strong> }} />
          </p>
        )}
        <div className={styles.actions}>
          <FileButton
            label={words.choose}
            accept=".csv,.tsv,.txt,.xlsx,.parquet,.scored,text/csv,text/plain,text/tab-separated-values"
            primary={!file}
            disabled={busy}
            onFile={onFile}
          />
          {'clipboard' in navigator && (
            <Button onPress={pasting.run} pending={pasting.pending} disabled={busy}>
              {words.paste}
            </Button>
          )}
          {own && (
            <Button onPress={() => fetching.run(own)} pending={fetching.pending} disabled={busy}>
              {words.useSample}
            </Button>
          )}
          {file && (
            <Button onPress={() => session.file.close()} disabled={busy}>
              {words.close}
            </Button>
          )}
        </div>
      </div>
      {fetching.error !== null && <Problem error={fetching.error} />}
      {pasting.error !== null && <Problem error={pasting.error} />}
    </>
  )
}
