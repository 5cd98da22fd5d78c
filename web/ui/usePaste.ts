import { useEffect, useEffectEvent } from 'react'

/** Hears of cells or files that are pasted anywhere on the page but in a field of its own. */
export function usePaste(onPaste: (text: string, files: readonly File[]) => void): void {
  const paste = useEffectEvent(onPaste)
  useEffect(() => {
    const listen = (event: ClipboardEvent): void => {
      const { target, clipboardData } = event
      if (target instanceof HTMLElement && target.closest('input, textarea, select, dialog, [contenteditable]')) return
      const text = clipboardData?.getData('text/plain') ?? ''
      const files = [...(clipboardData?.files ?? [])]
      // A single word is no table: somebody pasted it by mistake.
      if (files.length === 0 && !/[\t\n\r]/.test(text.trim())) return
      event.preventDefault()
      paste(text, files)
    }
    window.addEventListener('paste', listen)
    return () => window.removeEventListener('paste', listen)
  }, [])
}
