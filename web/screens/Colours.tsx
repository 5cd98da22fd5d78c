import { useState } from 'react'
import { Select } from '../ui/Select.tsx'
import { type Colours as Chosen, chooseColours, chosenColours } from './colours.ts'
import { useWords } from './useWords.ts'

/** Light, dark, or as the device has it; kept for the next visit where the browser keeps anything. */
export function Colours() {
  const words = useWords().footer.colours
  const [chosen, setChosen] = useState(chosenColours)
  const choose = (next: Chosen): void => {
    chooseColours(next)
    setChosen(next)
  }
  return (
    <Select
      label={words.label}
      value={chosen}
      options={[
        { value: 'system', text: words.system },
        { value: 'light', text: words.light },
        { value: 'dark', text: words.dark },
      ]}
      onChange={choose}
    />
  )
}
