import type { Shown } from '../session/summary.ts'
import { Select } from '../ui/Select.tsx'
import { useWords } from './useWords.ts'

interface ShownRowsProps {
  readonly shown: Shown['rows']
  /** The threshold. */
  readonly value: number
  /** A bar of the histogram is chosen. */
  readonly bar: boolean
  readonly onShow: (shown: Shown['rows']) => void
}

/** Which rows of the scores are shown. */
export function ShownRows({ shown, value, bar, onShow }: ShownRowsProps) {
  const words = useWords().shownRows
  const options = [
    { value: 'all' as const, text: words.all },
    { value: 'atOrAbove' as const, text: words.atOrAbove(value) },
    { value: 'below' as const, text: words.below(value) },
    ...(bar ? [{ value: 'bar' as const, text: words.bar }] : []),
  ]
  return <Select label={words.title} value={shown} options={options} onChange={onShow} />
}
