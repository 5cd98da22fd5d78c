import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { PageServer } from '../loopback/pageServer.ts'
import { open } from '../screens/address.ts'
import { Problem } from '../screens/Problem.tsx'
import { useBusy } from '../screens/useSession.ts'
import { useTask } from '../screens/useTask.ts'
import { useLanguageId, useWords } from '../screens/useWords.ts'
import { errorOf } from '../session/faults.ts'
import { FileButton } from '../ui/FileButton.tsx'
import { acceptedFiles, isRangesFile } from '../vendor/reviewModelFile.ts'
import { withWordsOfModelFiles } from '../words/modelFiles.ts'
import styles from './Demo.module.css'

/** The vendor's own model: dropped on this side, or chosen, it is served in this tab, and scored with at once. */
export function ServedModel({ server }: { readonly server: PageServer }) {
  const words = useWords().demo
  const language = useLanguageId()
  const queries = useQueryClient()
  const busy = useBusy()
  const [served, setServed] = useState<string | null>(null)
  const serving = useTask(async (files: readonly File[]) => {
    const ranges = files.find(isRangesFile) ?? null
    const model = files.find((file) => file !== ranges)
    if (!model) throw errorOf('model/syntax', 'rangesAlone')
    const id = await withWordsOfModelFiles(language, () => server.serve(model, ranges))
    await queries.invalidateQueries()
    setServed(id)
    open({ model: id })
  })
  const here = useDropOnThisSide((files) => !busy && !serving.pending && serving.run(files))
  return (
    <section ref={here} className={styles.served} aria-label={words.yourModel}>
      <p className={styles.both}>{words.both}</p>
      <FileButton
        label={words.serve}
        accept={acceptedFiles}
        several
        disabled={busy || serving.pending}
        onFile={(_, all) => serving.run(all)}
      />
      <p className={styles.hint} role="status">
        {serving.pending ? words.reading : served === null ? words.serveHint : words.isServed(served)}
      </p>
      {serving.error !== null && <Problem error={serving.error} next={null} />}
    </section>
  )
}

/** Takes what is dropped anywhere on the vendor's side; elsewhere on the window a file is the analyst's. */
function useDropOnThisSide(onFiles: (files: readonly File[]) => void) {
  const here = useRef<HTMLElement>(null)
  const take = useEffectEvent(onFiles)
  useEffect(() => {
    const side = here.current?.closest('aside')
    const drop = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length === 0) return
      // The window's own listener takes nothing that was taken.
      event.preventDefault()
      take(files)
    }
    side?.addEventListener('drop', drop)
    return () => side?.removeEventListener('drop', drop)
  }, [])
  return here
}
