import type { Answering, AnsweringState } from '../session/answering.ts'
import { Button } from '../ui/Button.tsx'
import { Progress } from '../ui/Progress.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { useAnsweringWords } from './useAnsweringWords.ts'

interface StateProps {
  readonly answering: Answering
  readonly state: AnsweringState
}

/** What is under way, and its end before it is at its end. */
export function Underway({ answering, state: { under } }: StateProps) {
  const words = useAnsweringWords()
  if (!under) return <p role="status" />
  const { what, part } = under
  return (
    <>
      <p role="status">{words.under[what]}</p>
      {part !== null && (
        <>
          <Progress label={words.under[what]} part={part} text={words.done(part)} />
          <div>
            <Button onPress={() => void answering.stop()}>{words.stop}</Button>
          </div>
        </>
      )}
    </>
  )
}

/** This browser's ledger of answers as a file. */
export async function saveLedger(answering: Answering): Promise<void> {
  const ledger = await answering.ledger()
  if (ledger !== null) saveFile(new Blob([ledger], { type: 'application/json' }), 'blindscore-answers-ledger.json')
}
