import { Suspense, useState } from 'react'
import { errorOf } from '../session/faults.ts'
import { pastedFile } from '../session/intake.ts'
import { Button } from '../ui/Button.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import type { Address } from './address.ts'
import { later } from './later.tsx'
import { Problem } from './Problem.tsx'
import styles from './RecordsStep.module.css'
import { useSamples } from './useSamples.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

const PasteBox = later(async () => (await import('./PasteBox.tsx')).PasteBox)

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
  const { pasting, refused, give } = usePasting(onFile)
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
            accept=".csv,.tsv,.txt,.xlsx,.parquet,.json,.jsonl,.ndjson,.gz,.blind,.scored,.jwk,.pmml,.xml,.onnx,text/csv,text/plain,text/tab-separated-values"
            primary={!file}
            disabled={busy}
            onFile={onFile}
          />
          <Button onPress={pasting.run} pending={pasting.pending} disabled={busy}>
            {words.paste}
          </Button>
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
      {refused && (
        <Suspense>
          <PasteBox disabled={busy} onPaste={give} />
        </Suspense>
      )}
    </>
  )
}

/** Cells from the clipboard, or where that is refused from a box that they are pasted into. */
function usePasting(onFile: (file: File) => void) {
  const [refused, setRefused] = useState(false)
  const give = (text: string): void => {
    setRefused(false)
    onFile(pastedFile(text))
  }
  const pasting = useTask(async () => {
    const text = await readClipboard()
    if (text === null) return setRefused(true)
    if (text.trim() === '') throw errorOf('file/empty', 'clipboardEmpty')
    give(text)
  })
  return { pasting, refused, give }
}

/** The clipboard's text, or null where the page does not get it. */
async function readClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText()
  } catch {
    return null
  }
}
