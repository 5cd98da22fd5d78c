import { useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { Select } from '../ui/Select.tsx'
import { Problem } from './Problem.tsx'
import { SavingTrouble } from './SavingTrouble.tsx'
import styles from './ScoresStep.module.css'
import { useSaving } from './useSaving.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useLanguageId, useWords } from './useWords.ts'

/** So many records are put on the clipboard. */
const mostCopied = 100_000

interface ScoreActionsProps {
  readonly card: Card
  readonly records: number
  /** The response whose histogram is drawn. */
  readonly response: number
  readonly onResponse: (response: number) => void
}

/** What can be done with the scores: saved, copied, and looked at by response. */
export function ScoreActions({ card, records, response, onResponse }: ScoreActionsProps) {
  const words = useWords().scores
  const language = useLanguageId()
  const session = useSession()
  const neutralised = useSessionState((state) => state.report?.neutralised ?? 0)
  const [copied, setCopied] = useState(false)
  const saving = useSaving(() => null, null)
  const copying = useTask(async () => {
    const { scores } = session.state
    const text = await (await session.scoresFile(null, language, { delimiter: '\t' })).text()
    await navigator.clipboard.writeText(text).catch(() => {
      throw errorOf('file/unreadable', 'clipboardDeniedForScores')
    })
    if (scores) session.results.noteSaved(scores)
    setCopied(true)
  })
  return (
    <>
      <div className={styles.bar}>
        <Button primary onPress={saving.whole.run} pending={saving.whole.pending}>
          {words.download}
        </Button>
        {saving.workbook && (
          <Button onPress={saving.workbook.run} pending={saving.workbook.pending}>
            {words.downloadWorkbook}
          </Button>
        )}
        {records <= mostCopied && 'clipboard' in navigator && (
          <Button onPress={copying.run} pending={copying.pending}>
            {copied ? words.copied : words.copy}
          </Button>
        )}
        {card.responses.length > 1 && (
          <Select
            label={words.histogramOf}
            value={String(response)}
            options={card.responses.map((text, i) => ({ value: String(i), text, isData: true }))}
            onChange={(value) => onResponse(Number(value))}
          />
        )}
      </div>
      {neutralised > 0 && <p>{words.neutralised(neutralised)}</p>}
      <SavingTrouble saving={saving} />
      {copying.error !== null && <Problem error={copying.error} />}
    </>
  )
}
