import { useState } from 'react'
import type { Feature } from '../../core/card/card.ts'
import { Select } from '../ui/Select.tsx'
import styles from './CheckStep.module.css'
import { useBusy } from './useSession.ts'
import { useWords } from './useWords.ts'

interface ReadAsProps {
  readonly feature: Feature
  readonly label: string
  readonly onRead: (text: string) => void
}

/** What a cell is to be read as: one of the known values, or what is typed, once it is left or confirmed by Enter. */
export function ReadAs({ feature, label, onRead }: ReadAsProps) {
  const words = useWords().repairs
  const busy = useBusy()
  const [typed, setTyped] = useState('')
  if (feature.type === 'category') {
    const levels = feature.levels.map((level) => ({ value: level, text: level, isData: true }))
    return (
      <Select
        label={label}
        hideLabel
        value=""
        options={[{ value: '', text: words.choose }, ...levels]}
        disabled={busy}
        onChange={(level) => level !== '' && onRead(level)}
      />
    )
  }
  const read = () => {
    const text = typed.trim()
    if (text === '') return
    setTyped('')
    onRead(text)
  }
  return (
    <input
      type="text"
      inputMode="decimal"
      translate="no"
      className={styles.readAs}
      aria-label={label}
      autoComplete="off"
      disabled={busy}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={read}
      onKeyDown={({ key }) => key === 'Enter' && read()}
    />
  )
}
