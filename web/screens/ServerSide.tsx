import { type ReactNode, Suspense, use, useEffect, useState } from 'react'
import { keyName } from '../session/keyState.ts'
import { modelAsked } from '../session/questions.ts'
import { Button } from '../ui/Button.tsx'
import { Digest } from '../ui/Digest.tsx'
import { type Fact, Facts } from '../ui/Facts.tsx'
import { Exchanges } from './Exchanges.tsx'
import { PageExtrasContext } from './extras.ts'
import { later } from './later.tsx'
import { Problem } from './Problem.tsx'
import styles from './ServerSide.module.css'
import { saveReceipt } from './saveReceipt.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

const ChunkDialog = later(async () => (await import('./ChunkDialog.tsx')).ChunkDialog)

/** So long after the first scores there is time for what a receipt is made with. */
const receiptAfterMs = 5000

interface ServerSideProps {
  /** What the server gets to see, where that is not what it sees of scoring. */
  readonly views: ReactNode
}

/** The right of the line: what the scoring server gets to see, and what it got. */
export function ServerSide({ views }: ServerSideProps) {
  const words = useWords().server
  const [opened, setOpened] = useState<number | null>(null)
  const exchanges = useSessionState((state) => state.exchanges)
  return (
    <>
      <div className={styles.server}>
        {views || <ScoringViews />}
        <h2>{words.saw}</h2>
        <TrafficFacts />
        {exchanges.some(({ bodyHeld }) => bodyHeld) && <p className={styles.hint}>{words.openHint}</p>}
        <ReceiptButton />
        {exchanges.length > 0 && <Exchanges exchanges={exchanges} onOpen={setOpened} />}
      </div>
      <Suspense>{opened !== null && <ChunkDialog exchange={opened} onClose={() => setOpened(null)} />}</Suspense>
    </>
  )
}

/** What it sees of records that it scores. */
function ScoringViews() {
  const words = useWords().server
  const extras = use(PageExtrasContext)
  return (
    <dl className={styles.views}>
      <dt>{words.sees}</dt>
      <dd>{words.seen}</dd>
      <dt>{words.neverSees}</dt>
      <dd>{words.unseen}</dd>
      <dt>{words.keeps}</dt>
      <dd>{extras?.weights ?? words.weights}</dd>
    </dl>
  )
}

/** How much crossed the line, and what it was sealed for and with. */
function TrafficFacts() {
  const { server: words, numbers } = useWords()
  // Where nobody has said which model is meant, none is.
  const card = useSessionState((state) => (modelAsked(state) ? null : state.card))
  const key = useSessionState((state) => keyName(state.key))
  const { requests, bytesUp, bytesDown } = useSessionState((state) => state.traffic)
  const facts: Fact[] = [
    { name: words.requests, value: numbers.integer(requests) },
    { name: words.bytesTo, value: numbers.bytes(bytesUp) },
    { name: words.bytesFrom, value: numbers.bytes(bytesDown) },
    ...(card ? [{ name: words.card, value: <Digest hex={card.hash} /> }] : []),
    ...(key ? [{ name: words.fingerprint, value: <Digest hex={key.fingerprint} /> }] : []),
  ]
  return <Facts facts={facts} />
}

/** Saves what the last run sent, once there is one that has ended, or what is kept of the one that was fetched. */
function ReceiptButton() {
  const words = useWords().server
  const session = useSession()
  const hasRun = useSessionState(({ map, fetched, run }) => (map ?? fetched) !== null && run.status !== 'running')
  const hasScores = useSessionState(({ scores }) => scores !== null)
  const name = useSessionState((state) => state.file?.name ?? 'run')
  useEffect(() => {
    if (!hasScores) return
    const timer = setTimeout(() => session.expectReceipt(), receiptAfterMs)
    return () => clearTimeout(timer)
  }, [session, hasScores])
  const saving = useTask(async () => {
    saveReceipt(await session.receipt(), name)
  })
  return (
    <>
      {hasRun && (
        <div>
          <Button onPress={saving.run} pending={saving.pending}>
            {words.downloadReceipt}
          </Button>
        </div>
      )}
      {saving.error !== null && <Problem error={saving.error} />}
    </>
  )
}
