import { useEffect, useRef, useState } from 'react'
import { Button } from '../ui/Button.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { bytes } from '../ui/numbers.ts'
import { Step } from '../ui/Step.tsx'
import { useWindowDrop } from '../ui/useWindowDrop.ts'
import { FormatSelects } from './FormatSelects.tsx'
import { Preview } from './Preview.tsx'
import { Problem } from './Problem.tsx'
import styles from './RecordsStep.module.css'
import { fetchSample, sampleOf } from './samples.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

/** Where a file comes in: dropped anywhere on the window, chosen, or a sample. `sample` is what the address names. */
export function RecordsStep({ sample }: { readonly sample: string | null }) {
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const reading = useSessionState((state) => state.reading)
  const preview = useSessionState((state) => state.preview)
  const problem = useSessionState((state) => state.fileProblem)
  const card = useSessionState((state) => state.card)
  const [several, setSeveral] = useState(false)
  const own = card && sampleOf(card.id)
  const fetching = useTask(async (name: string) => session.openFile(await fetchSample(name)))

  const open = (files: readonly File[]): void => {
    const [first, second] = files
    if (busy || !first) return
    setSeveral(second !== undefined)
    void session.openFile(first)
  }
  const over = useWindowDrop(open)

  // A sample that the address names is opened once, however often React runs the effect.
  const opened = useRef<string | null>(null)
  useEffect(() => {
    if (sample === null || busy || opened.current === sample) return
    opened.current = sample
    fetching.run(sample)
  }, [sample, busy, fetching.run])

  return (
    <Step
      title="Records"
      aside={
        file && (
          <span className={styles.file}>
            <span className={styles.name}>{file.name}</span>, {bytes(file.size)}
          </span>
        )
      }
    >
      <div className={file ? styles.bar : styles.target}>
        {!file && (
          <p>
            <strong>Drop a CSV file anywhere on this page.</strong> It stays in this browser.
          </p>
        )}
        <div className={styles.actions}>
          <FileButton
            label="Choose a file"
            accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
            primary={!file}
            disabled={busy}
            onFile={(chosen) => open([chosen])}
          />
          {own && (
            <Button onPress={() => fetching.run(own)} pending={fetching.pending} disabled={busy}>
              Use the sample
            </Button>
          )}
          {file && (
            <Button onPress={() => session.closeFile()} disabled={busy}>
              Close the file
            </Button>
          )}
        </div>
      </div>
      {several && file && <p>Several files were dropped; this is the first of them.</p>}
      {fetching.error !== null && <Problem error={fetching.error} />}
      {reading && <p role="status">Reading the first rows…</p>}
      {problem && <Problem error={problem} />}
      {problem && !preview && problem.code !== 'file/not-text' && <FormatSelects format={null} />}
      {preview && <Preview preview={preview} />}
      {over && (
        <div className={styles.over}>
          <p>{busy ? 'A run is under way. Cancel it before you drop another file.' : 'Drop the file here'}</p>
        </div>
      )}
    </Step>
  )
}
