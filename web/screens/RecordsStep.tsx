import { useEffect, useRef, useState } from 'react'
import { errorOf } from '../session/faults.ts'
import { pastedFile } from '../session/intake.ts'
import { Button } from '../ui/Button.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { bytes } from '../ui/numbers.ts'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import { usePaste } from '../ui/usePaste.ts'
import { useWindowDrop } from '../ui/useWindowDrop.ts'
import type { Address } from './address.ts'
import { FormatSelects } from './FormatSelects.tsx'
import { Preview } from './Preview.tsx'
import { Problem } from './Problem.tsx'
import styles from './RecordsStep.module.css'
import { fetchSample, sampleOf } from './samples.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

/** Where a file comes in: dropped anywhere on the window, chosen, pasted, or a sample that the address names. */
export function RecordsStep({ address }: { readonly address: Address }) {
  const { sample } = address
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const reading = useSessionState((state) => state.reading)
  const preview = useSessionState((state) => state.preview)
  const problem = useSessionState((state) => state.fileProblem)
  const card = useSessionState((state) => state.card)
  const [several, setSeveral] = useState(false)
  const origin = useSessionState((state) => state.origin)
  const table = useSessionState((state) => state.table)
  const own = card && sampleOf(card.id)
  const fetching = useTask(async (name: string) => session.file.open(await fetchSample(name), 'sample'))
  // A first visit finds a sample there already, unless a file came in while it was fetched.
  const offering = useTask(async (name: string) => {
    const fetched = await fetchSample(name)
    const { file: present, origin: whose, run } = session.state
    if ((present === null || whose === 'sample') && run.status === 'idle') await session.file.open(fetched, 'sample')
  })
  const pasting = useTask(async () => {
    const text = await navigator.clipboard.readText().catch(() => null)
    if (text === null) throw errorOf('file/unreadable', 'clipboardDenied')
    if (text.trim() === '') throw errorOf('file/empty', 'clipboardEmpty')
    await session.file.open(pastedFile(text))
  })

  const open = (files: readonly File[]): void => {
    const [first, second] = files
    if (busy || !first) return
    setSeveral(second !== undefined)
    void session.file.open(first)
  }
  const over = useWindowDrop(open)
  usePaste((text, files) => (files.length > 0 ? open(files) : open([pastedFile(text)])))

  // A sample that the address names is opened once, however often React runs the effect.
  const opened = useRef<string | null>(null)
  useEffect(() => {
    if (sample === null || busy || opened.current === sample) return
    opened.current = sample
    fetching.run(sample)
  }, [sample, busy, fetching.run])

  // With nothing in the address this is a first visit: the sample of the model on show is opened unasked, and
  // another one when another model is looked at.
  const offered = useRef<string | null>(null)
  const bare = address.model === null && sample === null
  useEffect(() => {
    const wanted = origin === 'sample' && file ? own !== null && file.name !== `${own}.csv` : bare && !file
    if (!wanted || own === null || busy || offered.current === own) return
    offered.current = own
    offering.run(own)
  }, [bare, origin, file, own, busy, offering.run])

  return (
    <Step
      title="Records"
      aside={
        file && (
          <span className={styles.file}>
            {origin === 'sample' && 'A sample, to try: '}
            <span className={styles.name}>{file.name}</span>, {bytes(file.size)}
          </span>
        )
      }
    >
      <div className={file ? styles.bar : styles.target}>
        {!file && (
          <p>
            <strong>Drop a file anywhere on this page, or paste cells.</strong> CSV, TSV, .xlsx or Parquet; it stays in
            this browser.
          </p>
        )}
        <div className={styles.actions}>
          <FileButton
            label="Choose a file"
            accept=".csv,.tsv,.txt,.xlsx,.parquet,text/csv,text/plain,text/tab-separated-values"
            primary={!file}
            disabled={busy}
            onFile={(chosen) => open([chosen])}
          />
          {'clipboard' in navigator && (
            <Button onPress={pasting.run} pending={pasting.pending} disabled={busy}>
              Paste cells
            </Button>
          )}
          {own && (
            <Button onPress={() => fetching.run(own)} pending={fetching.pending} disabled={busy}>
              Use the sample
            </Button>
          )}
          {file && (
            <Button onPress={() => session.file.close()} disabled={busy}>
              Close the file
            </Button>
          )}
        </div>
      </div>
      {several && file && <p>Several files were dropped; this is the first of them.</p>}
      {fetching.error !== null && <Problem error={fetching.error} />}
      {pasting.error !== null && <Problem error={pasting.error} />}
      {table && table.sheets.length > 1 && (
        <Select
          label="Sheet"
          value={String(table.sheet)}
          options={table.sheets.map((name, i) => ({ value: String(i), text: name }))}
          disabled={busy}
          onChange={(value) => void session.file.chooseSheet(Number(value))}
        />
      )}
      {table?.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
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
