import { useEffect, useState } from 'react'
import { outlivesWindow } from '../session/handingOver.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './RunStep.module.css'
import { useHandOvers, useHandOverWords } from './useHandOver.ts'
import { useKeyPanel } from './useKeyPanel.ts'
import { useSession, useSessionState } from './useSession.ts'

/** A run that takes longer here is worth handing over, in seconds. */
const longRun = 60

interface HandOverProps {
  readonly records: number
  /** The person has to say something of the file first. */
  readonly waits: boolean
}

/** The checked file handed over: offered openly where scoring it here would take long, and else one press away. */
export function HandOver({ records, waits }: HandOverProps) {
  const words = useHandOverWords().handOver
  const handOvers = useHandOvers()
  const reach = useSessionState((state) => state.reach)
  // It is reckoned anew with what is known of this device, and with the scheme that was chosen.
  useSessionState((state) => state.offer)
  useSessionState((state) => state.scheme)
  const seconds = handOvers.seconds() ?? 0
  const isLong = seconds > longRun
  return (
    <Step place="handOver" title={words.title}>
      <Disclosure title={words.offer} folds={!isLong && reach === null}>
        {isLong && <p>{words.long(seconds)}</p>}
        <Offer records={records} waits={waits} />
      </Disclosure>
    </Step>
  )
}

/** What will become of it, and the button. */
function Offer({ records, waits }: HandOverProps) {
  const words = useHandOverWords().handOver
  const handOvers = useHandOvers()
  const days = useSessionState((state) => state.limits.runs?.days ?? 0)
  const reach = useSessionState((state) => state.reach)
  const key = useKeyForLater()
  // It stays where it was pressed: the panel gives it the focus back.
  const [opened, setOpened] = useState(false)
  const busy = useSessionState((state) => 'total' in (state.handOvers?.work ?? {}))
  return (
    <div className={styles.progress}>
      <p>{words.about(days)}</p>
      <p>{words.who}</p>
      {reach && <p>{words.hour(reach.now, reach.at)}</p>}
      {key === 'tab' && <p>{words.needsKey}</p>}
      {key === 'window' && <p>{words.needsBackup}</p>}
      {key === 'locked' && <p>{words.lockedKey}</p>}
      <div className={styles.actions}>
        {key !== 'none' && (key !== 'lasts' || opened) && <OpenKey onOpen={() => setOpened(true)} />}
        <Button disabled={waits || busy || key !== 'lasts'} onPress={() => handOvers.handOver()}>
          {words.act(records)}
        </Button>
        {busy && <p>{words.busy}</p>}
      </div>
    </div>
  )
}

function OpenKey({ onOpen }: { readonly onOpen: () => void }) {
  const words = useHandOverWords().handOver
  const open = useKeyPanel()
  const press = (): void => {
    onOpen()
    open()
  }
  return <Button onPress={press}>{words.openKey}</Button>
}

/** Whether the key will be there when the scores are: it is made here where there is none yet. */
function useKeyForLater(): 'lasts' | 'tab' | 'window' | 'locked' | 'none' {
  const session = useSession()
  const missing = useSessionState(({ key }) => key.status === 'none')
  useEffect(() => {
    if (missing) void session.key.ensure()
  }, [session, missing])
  return useSessionState(({ key, storage }) => {
    if (key.status === 'locked') return 'locked'
    if (key.status !== 'ready') return 'none'
    if (outlivesWindow({ key, storage })) return 'lasts'
    return storage === 'until-closed' ? 'window' : 'tab'
  })
}
