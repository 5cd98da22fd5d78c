import { useState } from 'react'
import { atThreshold, type ResponseSummary, steps } from '../session/summary.ts'
import { Histogram } from '../ui/Histogram.tsx'
import { Slider } from '../ui/Slider.tsx'
import styles from './ScoresStep.module.css'
import { useWords } from './useWords.ts'

/** How the scores are spread, and how many lie on either side of a threshold that can be moved. */
export function Threshold({ summary, records }: { readonly summary: ResponseSummary; readonly records: number }) {
  const { threshold: words, histogram, numbers } = useWords()
  const [step, setStep] = useState(steps / 2)
  const { threshold, above } = atThreshold(summary, step)
  const below = records - summary.notFinite - above
  const { counts, from, to } = summary
  return (
    <div className={styles.threshold}>
      <Histogram
        label={histogram.title}
        counts={counts}
        from={from}
        to={to}
        axis={{ from: numbers.brief(from), name: histogram.axis, to: numbers.brief(to) }}
        tallest={histogram.tallest}
        bar={histogram.bar}
        mark={step / steps}
      >
        <Slider
          label={words.title}
          value={step}
          most={steps}
          valueText={words.value(above, threshold)}
          onChange={setStep}
        />
      </Histogram>
      <dl className={styles.split}>
        <Side name={words.below(threshold)} count={below} of={records} />
        <Side name={words.atOrAbove(threshold)} count={above} of={records} />
      </dl>
    </div>
  )
}

function Side({ name, count, of }: { readonly name: string; readonly count: number; readonly of: number }) {
  const { threshold: words, numbers } = useWords()
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span>{words.records(count)}</span> <span>{numbers.share(count, of)}</span>
      </dd>
    </div>
  )
}
