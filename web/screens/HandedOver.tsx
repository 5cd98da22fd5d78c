import { type RefObject, useEffect, useLayoutEffect, useState } from 'react'
import { type HandedRun, type HandOverWork, stageOf } from '../session/handOverState.ts'
import { receiptFile } from '../session/handOvers.ts'
import { keyName } from '../session/keyState.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { grouped } from '../ui/grouped.ts'
import { PartsText } from '../ui/PartsText.tsx'
import { Progress } from '../ui/Progress.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile } from '../ui/saveFile.ts'
import styles from './EarlierResults.module.css'
import { focusIsLost } from './focus.ts'
import { OtherVersion } from './OtherVersion.tsx'
import { ofFile } from './ofFile.tsx'
import { Problem } from './Problem.tsx'
import { useFocusKept } from './useFocusKept.ts'
import { useHandOvers, useHandOverWords } from './useHandOver.ts'
import { useKeyPanel } from './useKeyPanel.ts'
import { useBusy, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

const noRuns: readonly HandedRun[] = []
const noWork: HandOverWork = { what: 'none' }

/** The runs that were handed over: how far each is, and what can be done with it. */
export function HandedOver() {
  const words = useHandOverWords().handedOver
  const handOvers = useHandOvers()
  const runs = useSessionState((state) => state.handOvers?.runs ?? noRuns)
  const refused = useSessionState((state) => state.handOvers?.refused ?? null)
  const barred = useSessionState((state) => state.handOvers?.barred ?? null)
  const work = useSessionState((state) => state.handOvers?.work ?? noWork)
  useEffect(() => {
    const over = new AbortController()
    void handOvers.watch(over.signal)
    return () => over.abort()
  }, [handOvers])
  const isFirst = work.what !== 'none' && work.run === null
  if (runs.length === 0 && refused === null && !isFirst) return null
  return (
    <Step place="handedOver" title={words.title}>
      {refused !== null && (
        <Problem error={refused}>
          <Button onPress={() => handOvers.putAway()}>{words.putAway}</Button>
        </Problem>
      )}
      {barred !== null && (
        <Problem
          error={barred}
          {...(barred.code === 'run/not-stored' && { next: words.storesNone })}
          onAccess={() => void handOvers.lookAgain()}
        />
      )}
      {isFirst && <Work work={work} />}
      <ul className={styles.list}>
        {runs.map((run) => (
          <Run key={run.receipt.stored.id} run={run} work={work} />
        ))}
      </ul>
    </Step>
  )
}

interface RunProps {
  readonly run: HandedRun
  readonly work: HandOverWork
}

function Run({ run, work }: RunProps) {
  const { handedOver: words } = useHandOverWords()
  const { receipt, kept } = run
  const { file, card, records, handedOverAt, stored } = receipt
  const own = work.what !== 'none' && work.run === stored.id
  const stage = stageOf(run, Date.now())
  const storesNone = useStoresNone()
  const isThere = stage !== 'expired' && stage !== 'gone' && !storesNone
  const inPrivate = useSessionState((state) => state.storage === 'until-closed')
  const underWay = own && 'total' in work
  // The buttons of a run go when its work begins, and come back when it ends.
  const item = useFocusKept<HTMLLIElement>(underWay)
  useFocusPassedOn(item)
  const facts = { file: file.name ?? words.noName, model: card.title, records: records.count, at: handedOverAt }
  return (
    <li ref={item} className={styles.result} data-stage={stage} tabIndex={-1}>
      <p>
        <PartsText parts={words.run(facts)} elements={ofFile} />
      </p>
      {!underWay && <Stage run={run} />}
      {isThere && <p>{words.until(stored.expires)}</p>}
      {!kept && <p>{words.inTab}</p>}
      {kept && isThere && inPrivate && <p>{words.inWindow}</p>}
      {own && <Work work={work} />}
      {!underWay && <Acts run={run} busy={'total' in work} />}
    </li>
  )
}

/** A run that leaves the list with the focus in it passes that on: to the list, or to what stands below where that goes as well. */
function useFocusPassedOn(item: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const run = item.current
    return () => {
      if (!run?.contains(document.activeElement)) return
      const step = run.closest('section')
      const below = step?.nextElementSibling
      // Once all of it is gone, the question that lay over it too.
      queueMicrotask(() => {
        const there = step?.isConnected ? step : below
        if (focusIsLost() && there instanceof HTMLElement) there.focus({ preventScroll: true })
      })
    }
  }, [item])
}

/** The server stores no runs any more, as far as it said. */
function useStoresNone(): boolean {
  return useSessionState((state) => state.handOvers?.barred?.code === 'run/not-stored')
}

/** Where it stands. */
function Stage({ run }: { readonly run: HandedRun }) {
  const { handedOver: words } = useHandOverWords()
  const stage = stageOf(run, Date.now())
  const barred = useSessionState((state) => state.handOvers?.barred ?? null)
  // Why it is not known stands above.
  if (run.said === null && stage !== 'expired' && barred !== null) return null
  const said = run.said === 'gone' ? null : run.said
  const { stages } = words
  const [first] = said?.failed ?? []
  const { answered, stored, chunks } = said ?? { answered: 0, stored: 0, chunks: run.receipt.chunks }
  if (stage === 'working')
    return <Progress label={words.scored} part={answered / chunks} text={stages.working(answered, chunks)} />
  return (
    <p role="status">
      {stage === 'partly'
        ? stages.partly(stored, chunks)
        : stage === 'failed'
          ? stages.failed((first?.chunk ?? 0) + 1, first?.code ?? '')
          : stages[stage]()}
    </p>
  )
}

/** What is under way of a run, or why it ended. */
function Work({ work }: { readonly work: Exclude<HandOverWork, { what: 'none' }> }) {
  const { handedOver: words } = useHandOverWords()
  const handOvers = useHandOvers()
  const openKey = useKeyPanel()
  if (work.what === 'failed') return <Problem error={work.error} />
  const { what, done, total, stuck, again } = work
  const handing = what === 'handing'
  const text = (handing ? words.handed : words.fetched)(done, total)
  return (
    <>
      <Progress label={handing ? words.handing : words.fetching} part={total === 0 ? 0 : done / total} text={text} />
      {handing && <p>{words.keepOpen}</p>}
      {stuck && <Problem error={stuck} onAccess={() => handOvers.resume()} />}
      {again !== null && <p>{words.again(again)}</p>}
      <div className={styles.actions}>
        {stuck?.code.startsWith('key/') ? (
          <Button primary onPress={openKey}>
            {words.unlock}
          </Button>
        ) : (
          stuck && <Button onPress={() => handOvers.resume()}>{words.resume}</Button>
        )}
        <Button onPress={() => handOvers.stop()}>{handing ? words.stop : words.stopFetching}</Button>
      </div>
    </>
  )
}

/** What can be done with a run that nothing is done with now. */
function Acts({ run, busy }: { readonly run: HandedRun; readonly busy: boolean }) {
  const { handedOver: words } = useHandOverWords()
  const { receipt } = run
  const name = receipt.file.name ?? words.noName
  const stage = stageOf(run, Date.now())
  const present = useSessionState((state) => keyName(state.key)?.fingerprint)
  // Also on a device that has no key: one that was made now would open nothing of it.
  const otherKey = present !== receipt.key.fingerprint
  const isThere = stage !== 'expired' && stage !== 'gone'
  const storesNone = useStoresNone()
  const works = !storesNone && (stage === 'partly' || stage === 'ready')
  return (
    <>
      {isThere && otherKey && <p>{words.otherKey(grouped(receipt.key.fingerprint.slice(0, 8)))}</p>}
      {works && <OtherVersion of={receipt.card} />}
      {works && stage === 'partly' && <GoOn run={run} busy={busy || otherKey} />}
      {works && stage === 'ready' && <Fetch run={run} busy={busy || otherKey} />}
      <div className={styles.actions}>
        {isThere && stage !== 'partly' && (
          <Button label={words.of(words.save, name)} onPress={() => saveFile(receiptFile(receipt))}>
            {words.save}
          </Button>
        )}
        <Discard run={run} busy={busy} />
      </div>
      {isThere && stage !== 'partly' && <p className={styles.note}>{words.saveAbout}</p>}
    </>
  )
}

interface ActProps {
  readonly run: HandedRun
  readonly busy: boolean
}

/** Whether the checked file may be the run's: as many records, for the same card. */
function useMayFit({ receipt }: HandedRun): boolean {
  return useSessionState(
    ({ card, report }) => card?.hash === receipt.card.hash && report?.scorable === receipt.records.count,
  )
}

function GoOn({ run, busy }: ActProps) {
  const { handedOver: words } = useHandOverWords()
  const handOvers = useHandOvers()
  const fits = useMayFit(run)
  const name = run.receipt.file.name ?? words.noName
  return fits ? (
    <div className={styles.actions}>
      <Button disabled={busy} label={words.of(words.goOn, name)} onPress={() => void handOvers.goOn(run.receipt)}>
        {words.goOn}
      </Button>
    </div>
  ) : (
    <p>
      <PartsText parts={words.dropToGoOn(name)} elements={ofFile} />
    </p>
  )
}

function Fetch({ run, busy }: ActProps) {
  const { handedOver: words } = useHandOverWords()
  const handOvers = useHandOvers()
  const running = useBusy()
  const fits = useMayFit(run)
  const { receipt } = run
  const name = receipt.file.name ?? words.noName
  return (
    <>
      {!fits && (
        <p>
          <PartsText parts={words.dropToJoin(name)} elements={ofFile} />
        </p>
      )}
      <div className={styles.actions}>
        {fits && (
          <Button
            primary
            disabled={busy || running}
            label={words.of(words.fetch, name)}
            onPress={() => void handOvers.fetch(receipt, true)}
          >
            {words.fetch}
          </Button>
        )}
        <Button
          disabled={busy || running}
          label={words.of(words.fetchAlone, name)}
          onPress={() => void handOvers.fetch(receipt, false)}
        >
          {words.fetchAlone}
        </Button>
      </div>
    </>
  )
}

/** Deletes the run, after a question; one that is gone anyway leaves the list at once. */
function Discard({ run, busy }: ActProps) {
  const { handedOver: words } = useHandOverWords()
  const { dialog } = useWords()
  const handOvers = useHandOvers()
  const [asking, setAsking] = useState(false)
  const task = useTask(() => handOvers.discard(run))
  const name = run.receipt.file.name ?? words.noName
  const storesNone = useStoresNone()
  if (run.said === 'gone' || storesNone)
    return (
      <Button label={words.of(words.forget, name)} onPress={task.run}>
        {words.forget}
      </Button>
    )
  return (
    <>
      <Button destroys disabled={busy} label={words.of(words.discard, name)} onPress={() => setAsking(true)}>
        {words.discard}
      </Button>
      {asking && (
        <Dialog narrow title={words.ask.title} close={dialog.close} onClose={() => setAsking(false)}>
          <p>{words.ask.about}</p>
          {task.error !== null && <Problem error={task.error} />}
          <div className={styles.actions}>
            <Button destroys pending={task.pending} onPress={task.run}>
              {words.ask.yes}
            </Button>
            <Button onPress={() => setAsking(false)}>{words.ask.no}</Button>
          </div>
        </Dialog>
      )}
    </>
  )
}
