import { type MouseEvent, type ReactNode, useState } from 'react'
import styles from './Histogram.module.css'

interface HistogramProps {
  readonly label: string
  readonly counts: readonly number[]
  /** The first bar's left edge and the last one's right. */
  readonly from: number
  readonly to: number
  /** What the axis is of, and numbers in equal distances from its one end to the other. */
  readonly axis: { readonly name: string; readonly ticks: readonly string[] }
  /** What is said of the tallest bar, and of one that is pointed at or chosen. */
  readonly tallest: (count: number) => string
  readonly bar: (from: number, to: number, count: number) => string
  /** From 0 to 1: bars left of it are drawn pale. */
  readonly mark?: number
  /** The bar that is chosen, what choosing is called, and what is said while none is. */
  readonly chosen: number | null
  readonly choice: { readonly label: string; readonly none: string }
  readonly onChoose: (bar: number | null) => void
  /** What stands below the bars, in line with them. */
  readonly children?: ReactNode
}

const height = 120

/** Bars of equal width, each of which can be chosen. Their heights are in proportion; a bar that holds anything is at least a hair high. */
export function Histogram(props: HistogramProps) {
  const { label, counts, from, to, axis, tallest, bar: barText, mark = 0, chosen, choice, onChoose, children } = props
  const [pointed, setPointed] = useState<number | null>(null)
  const most = Math.max(1, ...counts)
  const step = (to - from) / counts.length
  const textOf = (bar: number) => barText(from + bar * step, from + (bar + 1) * step, counts[bar] ?? 0)
  const barAt = ({ currentTarget, clientX }: MouseEvent): number => {
    const { left, width } = currentTarget.getBoundingClientRect()
    return Math.min(counts.length - 1, Math.max(0, Math.floor((counts.length * (clientX - left)) / width)))
  }
  const said = pointed ?? chosen
  return (
    <figure className={styles.histogram} aria-label={label}>
      <p className={styles.most}>{said === null ? tallest(most) : textOf(said)}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keyboard has the slider in it */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div
        className={styles.plot}
        onPointerMove={(event) => setPointed(barAt(event))}
        onPointerLeave={() => setPointed(null)}
        onClick={(event) => {
          const bar = barAt(event)
          onChoose(bar === chosen ? null : bar)
        }}
      >
        <input
          type="range"
          aria-label={choice.label}
          aria-valuetext={chosen === null ? choice.none : textOf(chosen)}
          min={-1}
          max={counts.length - 1}
          value={chosen ?? -1}
          onChange={({ currentTarget }) => {
            const bar = Number(currentTarget.value)
            onChoose(bar < 0 ? null : bar)
          }}
        />
        <Bars counts={counts} most={most} mark={mark} said={said} />
      </div>
      {children}
      <figcaption className={styles.axis}>
        {axis.ticks.map((tick, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a tick is its place
          <span key={i} translate="no">
            {tick}
          </span>
        ))}
        <span className={styles.axisName}>{axis.name}</span>
      </figcaption>
    </figure>
  )
}

interface BarsProps {
  readonly counts: readonly number[]
  readonly most: number
  readonly mark: number
  readonly said: number | null
}

function Bars({ counts, most, mark, said }: BarsProps) {
  return (
    <svg viewBox={`0 0 ${counts.length} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {counts.map((count, i) => {
        const bar = count === 0 ? 0 : Math.max(1, (height * count) / most)
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={i}
            data-below={(i + 0.5) / counts.length < mark}
            data-said={said === i}
            x={i + 0.04}
            width={0.92}
            y={height - bar}
            height={bar}
          />
        )
      })}
    </svg>
  )
}
