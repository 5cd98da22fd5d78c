import { useEffect, useMemo, useRef, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { unusedColumns } from '../../reader/matching.ts'
import { errorOf } from '../session/faults.ts'
import type { Scores } from '../session/scoreFile.ts'
import { type ScoreSummary, summarise } from '../session/summary.ts'
import { Button } from '../ui/Button.tsx'
import { Facts } from '../ui/Facts.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { brief, counted, integer, seconds } from '../ui/numbers.ts'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { focusIsLost } from './focus.ts'
import { Problem } from './Problem.tsx'
import styles from './ScoresStep.module.css'
import { ScoresTable } from './ScoresTable.tsx'
import { Threshold } from './Threshold.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

/** So many own columns can be chosen from, and so many records are put on the clipboard. */
const mostOwn = 12
const mostCopied = 100_000
const noColumns: readonly string[] = []

export function ScoresStep() {
  const scores = useSessionState((state) => state.scores)
  const card = useSessionState((state) => state.card)
  if (!scores || !card) return null
  return <OpenedScores scores={scores} card={card} />
}

/** The scores, opened: in figures, as a histogram, in a table, and as a file to take away. */
function OpenedScores({ scores, card }: { readonly scores: Scores; readonly card: Card }) {
  const session = useSession()
  const name = useSessionState((state) => state.file?.name ?? '')
  const sample = useSessionState((state) => state.origin === 'sample')
  const header = useSessionState((state) => state.preview?.header) ?? noColumns
  const matches = useSessionState((state) => state.matches)
  const unused = useMemo(() => unusedColumns(header, matches).slice(0, mostOwn), [header, matches])
  const [own, setOwn] = useState<readonly number[]>(() => unused.slice(0, 1))
  const [copied, setCopied] = useState(false)
  const [response, setResponse] = useState(0)
  const [summary, setSummary] = useState<ScoreSummary | null>(null)
  const step = useRef<HTMLElement>(null)
  const saving = useTask(async () => saveFile(await session.scoresFile(), siblingName(name, 'scores.csv')))

  const copying = useTask(async () => {
    const text = await (await session.scoresFile({ delimiter: '\t' })).text()
    await navigator.clipboard.writeText(text).catch(() => {
      throw errorOf('file/unreadable', 'clipboardDeniedForScores')
    })
    setCopied(true)
  })

  useEffect(() => {
    const stop = new AbortController()
    summarise(card, scores.predictors, stop.signal).then(setSummary, () => {})
    return () => stop.abort()
  }, [card, scores])

  // The run's buttons had the focus and are gone: on to what they led to.
  useEffect(() => {
    if (!focusIsLost()) return
    step.current?.focus({ preventScroll: true })
    step.current?.scrollIntoView()
  }, [])

  const { progress } = scores
  const shown = summary?.responses[response]
  const values = progress.total * card.inputs.length
  return (
    <Step ref={step} title="Scores" aside={card.outcome} figures={JSON.stringify(progress)}>
      <div className={styles.bar}>
        <Button primary onPress={saving.run} pending={saving.pending}>
          Download CSV
        </Button>
        {progress.total <= mostCopied && 'clipboard' in navigator && (
          <Button onPress={copying.run} pending={copying.pending}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
        {card.responses.length > 1 && (
          <Select
            label="Histogram of"
            value={String(response)}
            options={card.responses.map((name, i) => ({ value: String(i), text: name }))}
            onChange={(value) => setResponse(Number(value))}
          />
        )}
      </div>
      {saving.error !== null && <Problem error={saving.error} />}
      {copying.error !== null && <Problem error={copying.error} />}
      <Facts
        large
        facts={[
          { name: 'Records', value: integer(progress.total) },
          { name: 'Mean score', value: shown ? brief(shown.mean) : '…' },
          { name: 'Lowest', value: shown ? brief(shown.min) : '…' },
          { name: 'Highest', value: shown ? brief(shown.max) : '…' },
          { name: 'Time', value: seconds(progress.elapsed) },
          { name: 'Bytes up per value', value: brief(progress.bytesUp / values) },
        ]}
      />
      {shown && summary && (
        <div className={styles.shapes}>
          <Threshold key={response} summary={shown} records={progress.total} />
          <div className={styles.rows}>
            {unused.length > 0 && (
              <fieldset className={styles.own}>
                <legend>Your own columns beside the scores</legend>
                {unused.map((column) => (
                  <label key={column}>
                    <input
                      type="checkbox"
                      checked={own.includes(column)}
                      onChange={({ currentTarget }) =>
                        setOwn(unused.filter((c) => (c === column ? currentTarget.checked : own.includes(c))))
                      }
                    />
                    {header[column]?.trim() || `Column ${column + 1}`}
                  </label>
                ))}
              </fieldset>
            )}
            <ScoresTable scores={scores} scored={summary.scores} card={card} header={header} own={own} />
          </div>
        </div>
      )}
      {shown && shown.notFinite > 0 && (
        <p>{counted(shown.notFinite, 'score')} beyond the range of numbers: counted in no bar and no figure.</p>
      )}
      {sample && (
        <div className={styles.next}>
          <p>
            <strong>That was the sample. Now your own records:</strong> drop a CSV, TSV, .xlsx or Parquet file anywhere
            on this page, or paste cells.
          </p>
          <FileButton
            label="Open your own file"
            accept=".csv,.tsv,.txt,.xlsx,.parquet"
            onFile={(chosen) => void session.file.open(chosen)}
          />
        </div>
      )}
    </Step>
  )
}
