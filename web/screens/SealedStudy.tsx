import { useEffect, useState } from 'react'
import type { Preview } from '../../reader/inspect.ts'
import { openSealed } from '../sealed/sealed.ts'
import type { SealedHost } from '../session/sealedStudy.ts'
import { lookedAt } from '../session/validating.ts'
import { SealedAnswer } from './SealedAnswer.tsx'
import { SealRecords } from './SealRecords.tsx'
import { useSession, useSessionState } from './useSession.ts'

/** Records here, outcomes elsewhere: sealed, and opened when the answer is there. */
export function SealedStudy({ preview }: { readonly preview: Preview }) {
  const session = useSession()
  const file = useSessionState((state) => state.file)
  const [host, setHost] = useState<SealedHost | null>(null)
  useEffect(() => {
    const opened = openSealed()
    setHost(opened)
    return () => opened.end()
  }, [])
  const looked = lookedAt({ ...session.state, file, preview })
  if (!looked || !file || !host) return null
  return (
    <>
      <SealRecords host={host} looked={looked} name={file.name} />
      <SealedAnswer host={host} looked={looked} name={file.name} />
    </>
  )
}
