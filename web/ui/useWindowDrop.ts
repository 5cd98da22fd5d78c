import { useEffect, useEffectEvent, useState } from 'react'

/**
 * Takes a file dropped anywhere on the window, and says whether one is held over it. The page's listeners keep the
 * browser from opening the file in the page's place, also while `onFiles` would rather not have it.
 */
export function useWindowDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const drop = useEffectEvent(onFiles)

  useEffect(() => {
    // Enter and leave are told of every element on the way; the window is left when as many were left as entered.
    let entered = 0
    const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false
    const listeners = {
      dragenter(event: DragEvent) {
        if (!holdsFiles(event)) return
        event.preventDefault()
        entered += 1
        setOver(true)
      },
      dragover(event: DragEvent) {
        if (!holdsFiles(event)) return
        event.preventDefault()
        if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
      },
      dragleave(event: DragEvent) {
        if (!holdsFiles(event)) return
        entered = Math.max(0, entered - 1)
        if (entered === 0) setOver(false)
      },
      drop(event: DragEvent) {
        if (!holdsFiles(event)) return
        // A part of the page that takes files of its own may have taken them.
        const taken = event.defaultPrevented
        event.preventDefault()
        entered = 0
        setOver(false)
        if (!taken) drop([...(event.dataTransfer?.files ?? [])])
      },
    }
    const names = Object.keys(listeners) as (keyof typeof listeners)[]
    for (const name of names) window.addEventListener(name, listeners[name])
    return () => {
      for (const name of names) window.removeEventListener(name, listeners[name])
    }
  }, [])

  return over
}
