import { useState } from 'react'
import type { StudyServer, StudyTicket } from '../../client/studyServer.ts'
import { Button } from '../ui/Button.tsx'
import outcomes from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { usePoolWords } from './usePoolWords.ts'
import { useTask } from './useTask.ts'

interface PoolDiscardProps {
  readonly studies: StudyServer
  /** The organiser's. */
  readonly ticket: StudyTicket
}

/** Whoever made a study takes it away, which ends it for everybody; asked twice. */
export function PoolDiscard({ studies, ticket }: PoolDiscardProps) {
  const { organiser: words } = usePoolWords()
  const [asked, setAsked] = useState(false)
  const [isGone, setGone] = useState(false)
  const discarding = useTask(async () => {
    await studies.discard(ticket)
    setGone(true)
  })
  if (isGone) return <p role="status">{words.gone}</p>
  return (
    <>
      {asked && <p>{words.sure}</p>}
      <div className={outcomes.fields}>
        {asked ? (
          <>
            <Button destroys onPress={discarding.run} pending={discarding.pending}>
              {words.discardNow}
            </Button>
            <Button onPress={() => setAsked(false)}>{words.keep}</Button>
          </>
        ) : (
          <Button destroys onPress={() => setAsked(true)}>
            {words.discard}
          </Button>
        )}
      </div>
      {discarding.error !== null && <Problem error={discarding.error} />}
    </>
  )
}
