import { useRef } from 'react'
import { Button } from './Button.tsx'

interface FileButtonProps {
  readonly label: string
  readonly accept: string
  readonly primary?: boolean
  readonly disabled?: boolean
  /** Whether more than one may be chosen. */
  readonly several?: boolean
  /** `all` has every chosen file, `file` first. */
  readonly onFile: (file: File, all: readonly File[]) => void
}

/** A button with a real file input behind it. */
export function FileButton({
  label,
  accept,
  primary = false,
  disabled = false,
  several = false,
  onFile,
}: FileButtonProps) {
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
        multiple={several}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])]
          // Emptied, so that the same file can be chosen again after it was changed.
          if (files[0]) onFile(files[0], files)
          currentTarget.value = ''
        }}
      />
    </>
  )
}
