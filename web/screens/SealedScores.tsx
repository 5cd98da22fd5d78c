import { useMemo, useState } from 'react'
import type { Threshold } from '../../core/card/threshold.ts'
import type { OpenedFileOfScores, SealedFacts, SealedState } from '../session/sealedState.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import { Fingerprint } from '../ui/Fingerprint.tsx'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { Problem } from './Problem.tsx'
import { ScoreShapes } from './ScoreShapes.tsx'
import styles from './ScoresStep.module.css'
import { ScoresTable } from './ScoresTable.tsx'
import { saveReceipt } from './saveReceipt.ts'
import { useLaterWords } from './useLaterWords.ts'
import { useSession } from './useSession.ts'
import { useSummary } from './useSummary.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

/** A sealed file that was handed in: its scores, opened as those of a run are, or what it says of records. */
export function SealedScores({ sealed }: { readonly sealed: Exclude<SealedState, { status: 'none' }> }) {
  const words = useLaterWords().sealedScores
  const session = useSession()
  return (
    <Step
      place="sealed"
      title={sealed.status === 'records' ? words.recordsTitle : words.title}
      aside={<Data>{sealed.name}</Data>}
    >
      {sealed.status === 'opening' && <p role="status">{words.opening(sealed.opened, sealed.total)}</p>}
      {sealed.status === 'failed' && <Problem error={sealed.error} />}
      {sealed.status === 'records' && <SealedRecords name={sealed.name} facts={sealed.facts} />}
      {sealed.status === 'done' && <Opened name={sealed.name} opened={sealed.opened} />}
      <div className={styles.bar}>
        <Button onPress={() => session.sealed.close()}>{words.close}</Button>
      </div>
    </Step>
  )
}

/** Sealed records in the hands of whoever has the model: what they tell, and nothing more. */
function SealedRecords({ name, facts }: { readonly name: string; readonly facts: SealedFacts }) {
  const words = useLaterWords().sealedScores
  const { numbers } = useWords()
  const session = useSession()
  const { model, records, features, sealedColumns, tokens, key, sender } = facts
  const scoring = useTask(async () => saveFile(await session.sealed.score(), siblingName(name, 'scored')))
  return (
    <>
      <p>{words.recordsAbout}</p>
      <Facts
        facts={[
          { name: words.model, value: <Data>{model}</Data> },
          { name: words.records, value: <Data>{numbers.integer(records)}</Data> },
          { name: words.features, value: <Data>{features.join(', ')}</Data> },
          { name: words.sealedColumns, value: <Data>{sealedColumns.join(', ') || words.tokensHeld.no}</Data> },
          { name: words.tokens, value: words.tokensHeld[tokens ? 'yes' : 'no'] },
          { name: words.key, value: <Fingerprint hex={key} /> },
          { name: words.signedBy, value: <Fingerprint hex={sender} /> },
        ]}
      />
      <div className={styles.bar}>
        <Button primary onPress={scoring.run} pending={scoring.pending}>
          {words.score}
        </Button>
      </div>
      {scoring.error !== null && <Problem error={scoring.error} />}
    </>
  )
}

function Opened({ name, opened }: { readonly name: string; readonly opened: OpenedFileOfScores }) {
  const words = useLaterWords().sealedScores
  const { scores: scoreWords, server: serverWords } = useWords()
  const session = useSession()
  const { card, columns, texts, receipt } = opened
  const [response, setResponse] = useState(0)
  const [threshold, setThreshold] = useState<Threshold | null>(null)
  const summary = useSummary(card, opened)
  const shown = summary?.responses[response]
  const own = useMemo(() => columns.map((_, i) => i), [columns])
  const saving = useTask(async () =>
    saveFile(await session.sealed.scoresFile(threshold), siblingName(name, 'scores.csv')),
  )
  return (
    <>
      <OpenedFacts opened={opened} />
      <div className={styles.bar}>
        <Button primary onPress={saving.run} pending={saving.pending}>
          {words.download}
        </Button>
        {receipt && <Button onPress={() => saveReceipt(receipt, name)}>{serverWords.downloadReceipt}</Button>}
        {card.responses.length > 1 && (
          <Select
            label={scoreWords.histogramOf}
            value={String(response)}
            options={card.responses.map((text, i) => ({ value: String(i), text, isData: true }))}
            onChange={(value) => setResponse(Number(value))}
          />
        )}
      </div>
      {saving.error !== null && <Problem error={saving.error} />}
      {summary && shown && (
        <ScoreShapes
          key={response}
          summary={summary}
          shown={shown}
          response={response}
          threshold={threshold}
          onThreshold={setThreshold}
          table={(rows, choice) => (
            <div className={styles.rows}>
              <ScoresTable
                scores={opened}
                scored={summary.scores}
                card={card}
                header={columns}
                own={own}
                texts={texts}
                shown={rows}
                response={response}
              >
                {choice}
              </ScoresTable>
            </div>
          )}
        />
      )}
    </>
  )
}

function OpenedFacts({ opened }: { readonly opened: OpenedFileOfScores }) {
  const words = useLaterWords().sealedScores
  const { numbers } = useWords()
  const { card, key, sender, vendor, rows } = opened
  return (
    <Facts
      facts={[
        { name: words.model, value: <Data>{`${card.title} ${card.version}`}</Data> },
        { name: words.records, value: <Data>{numbers.integer(rows.length)}</Data> },
        { name: words.key, value: <Fingerprint hex={key.fingerprint} /> },
        ...(sender === null
          ? []
          : [
              { name: words.sender, value: <Fingerprint hex={sender} /> },
              { name: words.vendor, value: vendor === null ? words.unsigned : <Fingerprint hex={vendor} /> },
            ]),
      ]}
    />
  )
}
