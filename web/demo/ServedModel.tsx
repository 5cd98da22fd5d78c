import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PageServer } from '../loopback/pageServer.ts'
import { linkTo } from '../screens/address.ts'
import { Problem } from '../screens/Problem.tsx'
import { useBusy } from '../screens/useSession.ts'
import { useTask } from '../screens/useTask.ts'
import { useWords } from '../screens/useWords.ts'
import { FileButton } from '../ui/FileButton.tsx'
import { acceptedFiles } from '../vendor/reviewModelFile.ts'
import styles from './Demo.module.css'

/** The vendor's own model: dropped here, it is served in this tab, and scored with at once. */
export function ServedModel({ server }: { readonly server: PageServer }) {
  const words = useWords().demo
  const queries = useQueryClient()
  const busy = useBusy()
  const [served, setServed] = useState<string | null>(null)
  const serving = useTask(async (file: File) => {
    const id = await server.serve(file, null)
    await queries.invalidateQueries()
    setServed(id)
    location.hash = linkTo({ model: id }).slice(1)
  })
  return (
    <section className={styles.served} aria-label={words.yourModel}>
      <p className={styles.both}>{words.both}</p>
      <FileButton label={words.serve} accept={acceptedFiles} disabled={busy || serving.pending} onFile={serving.run} />
      <p className={styles.hint} role="status">
        {serving.pending ? words.reading : served === null ? words.serveHint : words.isServed(served)}
      </p>
      {serving.error !== null && <Problem error={serving.error} next={null} />}
    </section>
  )
}
