import type { ReactNode } from 'react'
import styles from './Histogram.module.css'

interface HistogramProps {
  readonly label: string
  readonly counts: readonly number[]
  /** The first bar's left edge and the last one's right. */
  readonly from: number
  readonly to: number
  /** What is said of the axis and of its ends. */
  readonly axis: { readonly from: string; readonly name: string; readonly to: string }
  /** What the height says of the tallest bar, and what a pointer is told over each. */
  readonly tallest: (count: number) => string
  readonly bar: (from: number, to: number, count: number) => string
  /** From 0 to 1: bars left of it are drawn pale. */
  readonly mark?: number
  /** What stands below the bars, in line with them. */
  readonly children?: ReactNode
}

const height = 120

/** Bars of equal width. Their heights are in proportion; a bar that holds anything is at least a hair high. */
export function Histogram(props: HistogramProps) {
  const { label, counts, from, to, axis, tallest, bar: barText, mark = 0, children } = props
  const most = Math.max(1, ...counts)
  const step = (to - from) / counts.length
  return (
    <figure className={styles.histogram} aria-label={label}>
      <p className={styles.most}>{tallest(most)}</p>
      <svg viewBox={`0 0 ${counts.length} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {counts.map((count, i) => {
          const bar = count === 0 ? 0 : Math.max(1, (height * count) / most)
          const left = from + i * step
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
              key={i}
              data-below={(i + 0.5) / counts.length < mark}
              x={i + 0.04}
              width={0.92}
              y={height - bar}
              height={bar}
            >
              <title>{barText(left, left + step, count)}</title>
            </rect>
          )
        })}
      </svg>
      {children}
      <figcaption className={styles.axis}>
        <span translate="no">{axis.from}</span>
        <span>{axis.name}</span>
        <span translate="no">{axis.to}</span>
      </figcaption>
    </figure>
  )
}
