import type { ReactNode } from 'react'
import styles from './Histogram.module.css'
import { brief, counted, integer } from './numbers.ts'

interface HistogramProps {
  readonly label: string
  readonly counts: readonly number[]
  /** The first bar's left edge and the last one's right. */
  readonly from: number
  readonly to: number
  readonly axis: string
  /** From 0 to 1: bars left of it are drawn pale. */
  readonly mark?: number
  /** What stands below the bars, in line with them. */
  readonly children?: ReactNode
}

const height = 120

/** Bars of equal width. Their heights are in proportion; a bar that holds anything is at least a hair high. */
export function Histogram({ label, counts, from, to, axis, mark = 0, children }: HistogramProps) {
  const most = Math.max(1, ...counts)
  const step = (to - from) / counts.length
  return (
    <figure className={styles.histogram} aria-label={label}>
      <p className={styles.most}>{counted(most, 'record')} in the tallest bar</p>
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
              <title>{`${brief(left)} to ${brief(left + step)}: ${integer(count)}`}</title>
            </rect>
          )
        })}
      </svg>
      {children}
      <figcaption className={styles.axis}>
        <span>{brief(from)}</span>
        <span>{axis}</span>
        <span>{brief(to)}</span>
      </figcaption>
    </figure>
  )
}
