import { useMemo } from 'react'
import { roundedTo } from '../../core/card/digits.ts'
import type { Threshold as Decided } from '../../core/card/threshold.ts'
import { middleOf, type ResponseSummary, sidesOf } from '../session/summary.ts'
import { Button } from '../ui/Button.tsx'
import { Histogram } from '../ui/Histogram.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Slider } from '../ui/Slider.tsx'
import { TextField } from '../ui/TextField.tsx'
import styles from './ScoresStep.module.css'
import { useWords } from './useWords.ts'

/** What the threshold stands on, and what of it is chosen. */
export interface ThresholdProps {
  readonly summary: ResponseSummary
  /** records × responses scores, and which of the responses this is. */
  readonly scored: Float64Array
  readonly responses: number
  readonly response: number
  /** What the person decides by; null while nothing was set. */
  readonly threshold: Decided | null
  readonly onThreshold: (threshold: Decided | null) => void
  readonly bar: number | null
  readonly onBar: (bar: number | null) => void
}

/** Places that the slider has. */
const steps = 1000
const parts = [0, 0.25, 0.5, 0.75, 1]

/** How the scores are spread, and how many lie on either side of a threshold that can be moved, and what that decides. */
export function Threshold(props: ThresholdProps) {
  const { summary, scored, responses, response, threshold, onThreshold, bar, onBar } = props
  const { threshold: words, histogram, numbers } = useWords()
  const { counts, from, to } = summary
  const set = threshold?.response === response ? threshold : null
  const now = set ?? { response, value: middleOf(summary), ...words.decisions }
  const { value } = now
  const { below, atOrAbove } = useMemo(
    () => sidesOf(scored, responses, response, value),
    [scored, responses, response, value],
  )
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)))
  const change = (change: Partial<Decided>) => onThreshold({ ...now, ...change })
  const records = scored.length / responses
  return (
    <div className={styles.threshold}>
      <Histogram
        label={histogram.title}
        counts={counts}
        from={from}
        to={to}
        axis={{ name: histogram.axis, ticks: parts.map((part) => numbers.brief(from + part * (to - from))) }}
        tallest={histogram.tallest}
        bar={histogram.bar}
        mark={share}
        chosen={bar}
        choice={histogram.choice}
        onChoose={onBar}
      >
        <Slider
          label={words.title}
          value={Math.round(steps * share)}
          most={steps}
          valueText={words.value(atOrAbove, value)}
          onChange={(step) => change({ value: roundedTo(from + ((to - from) * step) / steps, (to - from) / steps) })}
        />
      </Histogram>
      <div className={styles.bar}>
        <NumberField label={words.number} value={value} onChange={(typed) => change({ value: typed })} />
        {set && <Button onPress={() => onThreshold(null)}>{words.none}</Button>}
      </div>
      <dl className={styles.split}>
        <Side name={words.below(value)} count={below} of={records} />
        <Side name={words.atOrAbove(value)} count={atOrAbove} of={records} />
      </dl>
      <div className={styles.decisions}>
        <TextField label={words.sayBelow} value={now.below} onChange={(text) => change({ below: text })} />
        <Button onPress={() => change({ below: now.atOrAbove, atOrAbove: now.below })}>{words.swap}</Button>
        <TextField label={words.sayAtOrAbove} value={now.atOrAbove} onChange={(text) => change({ atOrAbove: text })} />
      </div>
      <p className={styles.said}>{set ? words.decides(set.below, set.atOrAbove) : words.undecided}</p>
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
