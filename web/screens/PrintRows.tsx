import { useState } from 'react'
import { Button } from '../ui/Button.tsx'
import { Select } from '../ui/Select.tsx'
import { useWords } from './useWords.ts'

/** What can be chosen, beside all. */
const choices = [30, 100, 1000] as const

interface PrintRowsProps {
  /** Rows that the table shows. */
  readonly count: number
  readonly pending: boolean
  readonly onPrint: (rows: number) => void
}

/** Puts the scores on paper: all of the rows, or the first so many of them as they are sorted. */
export function PrintRows({ count, pending, onPrint }: PrintRowsProps) {
  const words = useWords().printing
  const [chosen, setChosen] = useState('100')
  const fewer = choices.filter((each) => each < count)
  const known = fewer.some((each) => String(each) === chosen) ? chosen : 'all'
  return (
    <>
      <Select
        label={words.rows}
        value={known}
        options={[
          ...fewer.map((each) => ({ value: String(each), text: words.first(each) })),
          { value: 'all', text: words.all(count) },
        ]}
        onChange={setChosen}
      />
      <Button pending={pending} onPress={() => onPrint(known === 'all' ? count : Number(known))}>
        {words.print}
      </Button>
    </>
  )
}
