import { type Chart, chartHeight, chartWidth, frame, type Shape } from '../../validation/charts.ts'
import styles from './Outcomes.module.css'

/** A chart with what it shows in words. It holds figures of a person's own records, which no translating browser gets. */
export function ChartFigure({ chart: { title, about, shapes } }: { readonly chart: Chart }) {
  const { left, top, right, bottom } = frame
  return (
    <figure className={styles.chart}>
      <figcaption>{title}</figcaption>
      <div translate="no">
        <svg viewBox={`0 0 ${chartWidth} ${chartHeight}`} role="img" aria-label={about}>
          <rect className={styles.frame} x={left} y={top} width={right - left} height={bottom - top} />
          {shapes.map((shape, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a shape is its place
            <Drawn key={i} shape={shape} />
          ))}
        </svg>
      </div>
    </figure>
  )
}

function Drawn({ shape }: { readonly shape: Shape }) {
  switch (shape.kind) {
    case 'line':
      return <polyline className={styles[shape.role]} points={shape.points} />
    case 'dot':
      return <circle className={styles.dot} cx={shape.x} cy={shape.y} r={4} />
    case 'whisker':
      return <line className={styles.whisker} x1={shape.x} x2={shape.x} y1={shape.from} y2={shape.to} />
    case 'bar':
      return <rect className={styles.mark} x={shape.x} y={shape.y} width={shape.width} height={shape.height} />
    case 'text':
      return (
        <text x={shape.x} y={shape.y} textAnchor={shape.anchor}>
          {shape.text}
        </text>
      )
  }
}
