import styles from './Slider.module.css'

interface SliderProps {
  readonly label: string
  /** From 0 to `most`, in whole steps. */
  readonly value: number
  readonly most: number
  /** What the value means, for a screen reader. */
  readonly valueText: string
  readonly onChange: (value: number) => void
}

/** The browser's own slider, as wide as what it stands under. */
export function Slider({ label, value, most, valueText, onChange }: SliderProps) {
  return (
    <input
      type="range"
      className={styles.slider}
      aria-label={label}
      aria-valuetext={valueText}
      min={0}
      max={most}
      value={value}
      onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
    />
  )
}
