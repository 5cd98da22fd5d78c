import { useEffect, useRef, useState } from 'react'
import { Button } from './Button.tsx'
import styles from './CopyButton.module.css'

interface CopyButtonProps {
  /** What is copied, made at the press. */
  readonly text: () => string
  readonly copy: string
  readonly copied: string
  /** Another accessible name than the text; it should begin with the text. */
  readonly label?: string | undefined
  /** In few letters, beside what it is about. */
  readonly quiet?: boolean
}

/** Puts a text on the clipboard, and says so for as long as it is the same. Where the clipboard is refused, the text stands there to be taken. */
export function CopyButton({ text, copy, copied, label, quiet = false }: CopyButtonProps) {
  const [done, setDone] = useState<string | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const press = (): void => {
    const now = text()
    const wrote = navigator.clipboard?.writeText(now) ?? Promise.reject(new Error('no clipboard'))
    wrote.then(
      () => setDone(now),
      () => setRefused(now),
    )
  }
  return (
    <>
      <Button quiet={quiet} label={label} onPress={press}>
        {done !== null && (quiet || done === text()) ? copied : copy}
      </Button>
      {refused !== null && <Taken text={refused} label={label ?? copy} />}
    </>
  )
}

/** A text in a field, selected, for the person's own keys. */
function Taken({ text, label }: { readonly text: string; readonly label: string }) {
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  return (
    <textarea
      ref={field}
      readOnly
      translate="no"
      aria-label={label}
      className={styles.taken}
      rows={Math.min(8, text.split('\n').length)}
      value={text}
    />
  )
}
