import { useRef } from 'react'
import { Button } from './Button.tsx'

interface FileButtonProps {
  readonly label: string
  readonly accept: string
  readonly primary?: boolean
  readonly disabled?: boolean
  readonly onFile: (file: File) => void
}

/** A button with a real file input behind it. */
export function FileButton({ label, accept, primary = false, disabled = false, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button primary={primary} disabled={disabled} onPress={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        disabled={disabled}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0]
          // Emptied, so that the same file can be chosen again after it was changed.
          if (file) onFile(file)
          currentTarget.value = ''
        }}
      />
    </>
  )
}
