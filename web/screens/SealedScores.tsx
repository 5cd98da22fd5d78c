import { useMemo, useState } from 'react'
import type { OpenedFileOfScores, SealedFacts, SealedState } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Digest } from '../ui/Digest.tsx'
import { Facts } from '../ui/Facts.tsx'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { Problem } from './Problem.tsx'
import styles from './ScoresStep.module.css'
import { ScoresTable } from './ScoresTable.tsx'
import { Threshold } from './Threshold.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useSummary } from './useSummary.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

/** Sealed scores that were handed in as a file: opened as those of a run are. */
export function SealedScores() {
  const sealed = useSessionState((state) => state.sealed)
  return sealed.status === 'none' ? null : <HandedIn sealed={sealed} />
}

function HandedIn({ sealed }: { readonly sealed: Exclude<SealedState, { status: 'none' }> }) {
  const words = useWords().sealedScores
  const session = useSession()
  return (
    <Step title={sealed.status === 'records' ? words.recordsTitle : words.title} aside={<Data>{sealed.name}</Data>}>
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
  const { sealedScores: words, numbers } = useWords()
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
          { name: words.sealedColumns, value: <Data>{sealedColumns.join(', ') || words.unsigned}</Data> },
          { name: words.tokens, value: words.tokensHeld[tokens ? 'yes' : 'no'] },
          { name: words.key, value: fingerprint(key) },
          { name: words.signedBy, value: fingerprint(sender) },
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

const fingerprint = (hex: string) => (
  <Data>
    <Digest hex={hex} />
  </Data>
)

function Opened({ name, opened }: { readonly name: string; readonly opened: OpenedFileOfScores }) {
  const { sealedScores: words, scores: scoreWords, numbers } = useWords()
  const session = useSession()
  const { card, key, sender, vendor, columns, texts, rows } = opened
  const [response, setResponse] = useState(0)
  const summary = useSummary(card, opened)
  const shown = summary?.responses[response]
  const own = useMemo(() => columns.map((_, i) => i), [columns])
  const saving = useTask(async () => saveFile(await session.sealed.scoresFile(), siblingName(name, 'scores.csv')))
  return (
    <>
      <Facts
        facts={[
          { name: words.model, value: <Data>{`${card.title} ${card.version}`}</Data> },
          { name: words.records, value: <Data>{numbers.integer(rows.length)}</Data> },
          { name: words.key, value: fingerprint(key.fingerprint) },
          { name: words.sender, value: fingerprint(sender) },
          { name: words.vendor, value: vendor === null ? words.unsigned : fingerprint(vendor) },
        ]}
      />
      <div className={styles.bar}>
        <Button primary onPress={saving.run} pending={saving.pending}>
          {words.download}
        </Button>
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
        <div className={styles.shapes}>
          <Threshold key={response} summary={shown} records={rows.length} />
          <ScoresTable scores={opened} scored={summary.scores} card={card} header={columns} own={own} texts={texts} />
        </div>
      )}
    </>
  )
}
