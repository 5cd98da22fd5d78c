import { useState } from 'react'
import { atThreshold, type ResponseSummary, steps } from '../session/summary.ts'
import { Histogram } from '../ui/Histogram.tsx'
import { brief, counted } from '../ui/numbers.ts'
import { Slider } from '../ui/Slider.tsx'
import styles from './ScoresStep.module.css'

/** How the scores are spread, and how many lie on either side of a threshold that can be moved. */
export function Threshold({ summary, records }: { readonly summary: ResponseSummary; readonly records: number }) {
  const [step, setStep] = useState(steps / 2)
  const { threshold, above } = atThreshold(summary, step)
  const below = records - summary.notFinite - above
  const part = (count: number): string => `${((100 * count) / Math.max(1, records)).toFixed(1)} %`
  const words = `${counted(above, 'record')} at or above ${brief(threshold)}`
  return (
    <div className={styles.threshold}>
      <Histogram
        label="Histogram of scores"
        counts={summary.counts}
        from={summary.from}
        to={summary.to}
        axis="Score"
        mark={step / steps}
      >
        <Slider label="Threshold" value={step} most={steps} valueText={words} onChange={setStep} />
      </Histogram>
      <dl className={styles.split}>
        <div>
          <dt>Below {brief(threshold)}</dt>
          <dd>
            {counted(below, 'record')} <span>{part(below)}</span>
          </dd>
        </div>
        <div>
          <dt>At or above {brief(threshold)}</dt>
          <dd>
            {counted(above, 'record')} <span>{part(above)}</span>
          </dd>
        </div>
      </dl>
    </div>
  )
}
