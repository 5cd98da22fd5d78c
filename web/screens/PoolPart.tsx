import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { StudyServer, StudyTicket } from '../../client/studyServer.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import type { Preview } from '../../reader/inspect.ts'
import { openPool } from '../pool/pool.ts'
import { Pooling, type PoolingState } from '../session/pooling.ts'
import type { InvitedTo } from '../session/poolPlace.ts'
import { poolPlace } from '../session/poolServer.ts'
import { lookedAt } from '../session/validating.ts'
import { Button } from '../ui/Button.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { type Begun, PoolBegin } from './PoolBegin.tsx'
import { PoolConsent } from './PoolConsent.tsx'
import { PooledModel } from './PooledModel.tsx'
import { PoolKept } from './PoolKept.tsx'
import { PoolOver } from './PoolOver.tsx'
import { productName } from './productName.ts'
import { useFocusKept } from './useFocusKept.ts'
import { usePoolWords } from './usePoolWords.ts'
import { useSession } from './useSession.ts'

interface PoolPartProps {
  readonly studies: StudyServer
  readonly ticket: StudyTicket
  readonly invited: InvitedTo
  readonly file: File
  readonly preview: Preview
  /** From here on the rows are what they are. */
  readonly onBegin: () => void
  /** Has another one of these take its place, by what this browser keeps. */
  readonly onAgain: () => void
}

/** This owner's part: its rows' checks, the wait for the others, consent, rounds, and what came of it. */
export function PoolPart({ studies, ticket, invited, file, preview, onBegin, onAgain }: PoolPartProps) {
  const session = useSession()
  const [pooling, setPooling] = useState<Pooling | null>(null)
  useEffect(() => {
    const looked = lookedAt({ ...session.state, file, preview })
    if (!looked) return
    const opened = new Pooling(openPool(), poolPlace(studies, ticket, invited.owners), invited)
    void opened.prepare(looked)
    setPooling(opened)
    return () => opened.end()
  }, [session, studies, ticket, invited, file, preview])
  return (
    pooling && (
      <Part
        pooling={pooling}
        invited={invited}
        place={studies.url}
        name={file.name}
        onBegin={onBegin}
        onAgain={onAgain}
      />
    )
  )
}

interface PartProps extends Pick<PoolPartProps, 'invited' | 'onBegin' | 'onAgain'> {
  readonly pooling: Pooling
  /** Where the messages lie. */
  readonly place: string
  readonly name: string
}

function Part({ pooling, invited, place, name, onBegin, onAgain }: PartProps) {
  const { part: words } = usePoolWords()
  const state = useStore(pooling.store)
  const { status, ready, roster, pooled, kept, error } = state
  // What was joined before and came to its end is no error: what came of it is shown.
  const isThereAgain = kept.results !== null && asBlindscoreError(error).code === 'study/joined'
  const isUnderWay = status === 'gathering' || status === 'roster' || status === 'pooling'
  useStay(isUnderWay || pooled?.isKept === false)
  useTitle(status)
  const step = useFocusKept<HTMLElement>(status)
  const takePart = (begun: Begun): void => {
    onBegin()
    void pooling.takePart(begun)
  }
  return (
    <>
      <Step title={words.title} ref={step}>
        <div className={outcomes.panel}>
          {ready && <p>{words.checked(ready.records)}</p>}
          {ready && ready.leftOut > 0 && <p>{words.leftOut(ready.leftOut)}</p>}
          {ready && <p className={outcomes.about}>{words.frozen}</p>}
          {status === 'ready' && ready && <PoolBegin pooling={pooling} ready={ready} onBegin={takePart} />}
          <p role="status">
            {status === 'checking' ? words.checking : status === 'gathering' ? words.gathering : null}
          </p>
          <Waited state={state} />
          {isUnderWay && (
            <>
              <p className={outcomes.about}>{words.leaving}</p>
              <div>
                <Button destroys onPress={() => pooling.leave()}>
                  {words.leave}
                </Button>
              </div>
            </>
          )}
          {error !== null && !isThereAgain && (
            <PoolOver error={error} begun={state.left.messages > 0} onAgain={onAgain} />
          )}
          {kept.receipt !== null && <Receipt receipt={kept.receipt} name={name} />}
        </div>
      </Step>
      {status === 'roster' && ready && roster && (
        <PoolConsent pooling={pooling} invited={invited} place={place} ready={ready} roster={roster} />
      )}
      {pooled && <PooledModel pooled={pooled} study={invited.study} left={state.left} name={name} />}
      {kept.results !== null && isThereAgain && <PoolKept results={kept.results} study={invited.study} name={name} />}
    </>
  )
}

/** The browser's tab says where the study stands: who waits for others looks at something else meanwhile. */
function useTitle(status: PoolingState['status']): void {
  const { titles } = usePoolWords()
  const title = status === 'checking' || status === 'ready' ? null : titles[status]
  useEffect(() => {
    if (title === null) return
    document.title = `${title} · ${productName}`
    return () => {
      document.title = productName
    }
  }, [title])
}

/** The browser asks before a tab is closed that others wait for, or that alone has what came of a study. */
function useStay(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [wanted])
}

/** What this owner consented to, for whoever answers for data protection. */
function Receipt({ receipt, name }: { readonly receipt: string; readonly name: string }) {
  const { part: words } = usePoolWords()
  const save = (): void =>
    saveFile(new Blob([receipt], { type: 'application/json' }), siblingName(name, 'pool-receipt.json'))
  return (
    <>
      <p className={outcomes.about}>{words.receiptAbout}</p>
      <div>
        <Button onPress={save}>{words.saveReceipt}</Button>
      </div>
    </>
  )
}

/** Which round it is, who is waited for, and what has left. */
function Waited({ state: { status, waiting, left } }: { readonly state: PoolingState }) {
  const { part: words } = usePoolWords()
  const whats: Readonly<Record<string, string>> = words.whats
  const names = waiting?.missing.map(({ name, seat }) => name ?? words.owner(seat)) ?? []
  return (
    <>
      {waiting && waiting.round > 0 && status === 'pooling' && (
        <p>{words.round(waiting.round, whats[waiting.what ?? ''] ?? words.sums)}</p>
      )}
      <p role="status">{waiting && names.length > 0 ? words.waiting(names, new Date(waiting.since)) : null}</p>
      {left.messages > 0 && <p className={styles.sealed}>{words.sent(left.messages, left.bytes)}</p>}
    </>
  )
}
