import { useState } from 'react'
import { NumberField } from '../ui/NumberField.tsx'
import { useLaterWords } from './useLaterWords.ts'

interface BoundedNumberProps {
  readonly label: string
  readonly value: number
  readonly isFit: (value: number) => boolean
  /** Which numbers are fit, in words. */
  readonly range: string
  readonly onChange: (value: number) => void
}

/** A field for a number that is not any number: one that does not fit changes nothing, and that is said. */
export function BoundedNumber({ label, value, isFit, range, onChange }: BoundedNumberProps) {
  const { boundedNumber: words } = useLaterWords()
  const [isUnfit, setUnfit] = useState(false)
  const change = (typed: number): void => {
    setUnfit(!isFit(typed))
    if (isFit(typed)) onChange(typed)
  }
  return (
    <>
      <NumberField label={label} value={value} onChange={change} />
      {isUnfit && <p role="alert">{words.kept(range, value)}</p>}
    </>
  )
}
