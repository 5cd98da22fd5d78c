import type { Scores } from '../session/scoreFile.ts'
import type { ResponseSummary } from '../session/summary.ts'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import { useWords } from './useWords.ts'

interface ScoreFactsProps {
  readonly progress: Scores['progress']
  /** Inputs of the model. */
  readonly inputs: number
  /** Absent until it is counted. */
  readonly summary: ResponseSummary | undefined
}

/** The run and its scores in a few numbers. */
export function ScoreFacts({ progress, inputs, summary }: ScoreFactsProps) {
  const { scores: words, numbers } = useWords()
  const { total, elapsed, bytesUp } = progress
  const counted = (value: number | undefined): string => (value === undefined ? words.unknown : numbers.brief(value))
  return (
    <Facts
      large
      facts={[
        { name: words.records, value: figure(numbers.integer(total)) },
        { name: words.mean, value: figure(counted(summary?.mean)) },
        { name: words.lowest, value: figure(counted(summary?.min)) },
        { name: words.highest, value: figure(counted(summary?.max)) },
        { name: words.time, value: figure(numbers.seconds(elapsed)) },
        { name: words.bytesPerValue, value: figure(numbers.brief(bytesUp / (total * inputs))) },
      ]}
    />
  )
}

/** Not for a translating browser: it would send the scores to its vendor. */
const figure = (text: string) => <Data>{text}</Data>
