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

/** A field for a number that is not any number: of one that does not fit it is said that it changes nothing. */
export function BoundedNumber({ range, ...field }: BoundedNumberProps) {
  const { boundedNumber: words } = useLaterWords()
  return <NumberField {...field} unfit={words.kept(range, field.value)} />
}
