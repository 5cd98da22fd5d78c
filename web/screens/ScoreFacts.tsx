import type { Scores } from '../session/scored.ts'
import type { ResponseSummary } from '../session/summary.ts'
import { Data } from '../ui/Data.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Facts } from '../ui/Facts.tsx'
import { useWords } from './useWords.ts'

interface ScoreFactsProps {
  readonly progress: Scores['progress']
  /** Absent until it is counted. */
  readonly summary: ResponseSummary | undefined
}

/** The scores in a few numbers. */
export function ScoreFacts({ progress, summary }: ScoreFactsProps) {
  const { scores: words, numbers } = useWords()
  const { total } = progress
  const counted = (value: number | undefined): string => (value === undefined ? words.unknown : numbers.brief(value))
  return (
    <Facts
      large
      facts={[
        { name: words.records, value: figure(numbers.integer(total)) },
        { name: words.mean, value: figure(counted(summary?.mean)) },
        { name: words.lowest, value: figure(counted(summary?.min)) },
        { name: words.highest, value: figure(counted(summary?.max)) },
      ]}
    />
  )
}

interface RunFactsProps {
  readonly progress: Scores['progress']
  /** Inputs of the model. */
  readonly inputs: number
}

/** What the run took, for who wants to know. */
export function RunFacts({ progress: { total, elapsed, bytesUp }, inputs }: RunFactsProps) {
  const { scores: words, numbers } = useWords()
  return (
    <Disclosure title={words.runDetails}>
      <Facts
        facts={[
          { name: words.time, value: figure(numbers.seconds(elapsed)) },
          { name: words.bytesPerValue, value: figure(numbers.brief(bytesUp / (total * inputs))) },
        ]}
      />
    </Disclosure>
  )
}

/** Not for a translating browser: it would send the scores to its vendor. */
const figure = (text: string) => <Data>{text}</Data>
