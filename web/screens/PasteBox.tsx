import { useEffect, useRef } from 'react'
import { Button } from '../ui/Button.tsx'
import styles from './RecordsStep.module.css'
import { useWords } from './useWords.ts'

interface PasteBoxProps {
  readonly disabled: boolean
  readonly onPaste: (text: string) => void
}

/** A box that takes cells by the person's own keys, for a browser that does not give the clipboard to the page. */
export function PasteBox({ disabled, onPaste }: PasteBoxProps) {
  const words = useWords().records
  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => box.current?.focus(), [])
  const take = (text: string): void => {
    if (text.trim() !== '' && !disabled) onPaste(text)
  }
  return (
    <div className={styles.paste}>
      <label htmlFor="paste-box">{words.pasteHere}</label>
      <textarea
        id="paste-box"
        ref={box}
        translate="no"
        rows={4}
        spellCheck={false}
        onPaste={(event) => {
          event.preventDefault()
          take(event.clipboardData.getData('text/plain'))
        }}
      />
      <div>
        <Button disabled={disabled} onPress={() => take(box.current?.value ?? '')}>
          {words.takePasted}
        </Button>
      </div>
    </div>
  )
}
