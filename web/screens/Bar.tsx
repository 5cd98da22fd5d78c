import { type RefObject, Suspense, useEffect, useLayoutEffect, useRef } from 'react'
import { toSent } from '../../core/errors.ts'
import { type NextAct, nextAct } from '../session/nextAct.ts'
import { Data } from '../ui/Data.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import { useOnline } from '../ui/useOnline.ts'
import styles from './Bar.module.css'
import { BarActs } from './BarActs.tsx'
import { barText, ticking, wrong } from './barTexts.ts'
import { focusIsLost } from './focus.ts'
import { later } from './later.tsx'
import { useSecondsTo } from './useSecondsTo.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const HandedBar = later(async () => (await import('./HandedBar.tsx')).HandedBar)

interface BarProps {
  /** Names a model in the page's address. */
  readonly onChooseModel: (model: string) => void
}

/** At the window's lower edge, whatever is scrolled: where everything stands, and the one thing to do next. */
export function Bar({ onChooseModel }: BarProps) {
  const act = useNextAct()
  return act && <BarOf act={act} onChooseModel={onChooseModel} />
}

function BarOf({ act, onChooseModel }: BarProps & { readonly act: NextAct }) {
  const words = useWords()
  const online = useOnline()
  const seconds = useSecondsTo('until' in act ? act.until : null)
  const bar = useRef<HTMLElement>(null)
  useHeight(bar)
  useKeptFocus(bar, act.what)
  useSinglePresses(bar)
  return (
    <section
      ref={bar}
      aria-label={words.bar.title}
      className={styles.bar}
      data-bar={act.what}
      data-wrong={wrong.has(act.what) || undefined}
    >
      <p aria-live={ticking.has(act.what) || seconds !== null ? 'off' : 'polite'} className={styles.state}>
        {act.what === 'handedBack' || act.what === 'handedFailed' ? (
          <Suspense>
            <HandedBar told={act} />
          </Suspense>
        ) : (
          <PartsText
            parts={barText(words, act, { offline: !online, seconds })}
            elements={{ data: (text) => <Data>{text}</Data> }}
          />
        )}
      </p>
      <div className={styles.acts}>
        <BarActs act={act} onChooseModel={onChooseModel} />
      </div>
    </section>
  )
}

/** What to do next; the same object for as long as it says the same. */
function useNextAct(): NextAct | null {
  const { store } = useSession()
  // Told apart by what it says, so that the bar is drawn when that changes and not whenever the session's state does.
  const said = useSessionState((state) => {
    const act = nextAct(state)
    return act && JSON.stringify('why' in act ? { ...act, why: act.why && toSent(act.why) } : act)
  })
  return said === null ? null : nextAct(store.getState())
}

/** Tells the page how high the bar is, so that nothing lies under it. */
function useHeight(bar: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const root = document.documentElement
    const observer = new ResizeObserver(() => root.style.setProperty('--bar', `${bar.current?.offsetHeight ?? 0}px`))
    if (bar.current) observer.observe(bar.current)
    return () => {
      observer.disconnect()
      root.style.removeProperty('--bar')
    }
  }, [bar])
}

/** What a press here, on an answer or on a run's button takes away had the focus: it goes on to the bar's own button. */
function useKeptFocus(bar: RefObject<HTMLElement | null>, what: NextAct['what']): void {
  const had = useRef(false)
  const before = useRef(what)
  useEffect(() => {
    const note = ({ target }: Event): void => {
      had.current = target instanceof Element && target.closest('[data-bar], [data-asks]') !== null
    }
    const events = ['focusin', 'pointerdown'] as const
    for (const event of events) document.addEventListener(event, note)
    return () => {
      for (const event of events) document.removeEventListener(event, note)
    }
  }, [])
  useEffect(() => {
    const ofRun = runs.has(what) || runs.has(before.current)
    if (what !== before.current && what !== 'done' && focusIsLost() && (had.current || ofRun))
      bar.current?.querySelector('button')?.focus({ preventScroll: true })
    before.current = what
  }, [bar, what])
}

const runs: ReadonlySet<NextAct['what']> = new Set(['givingKey', 'makingKey', 'makingMasks', 'running', 'paused'])

/** The second press of two in haste is meant for nothing: what stands there by then is another button. */
function useSinglePresses(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const own = bar.current
    const refuse = (event: MouseEvent): void => {
      if (event.detail > 1) event.stopPropagation()
    }
    own?.addEventListener('click', refuse, { capture: true })
    return () => own?.removeEventListener('click', refuse, { capture: true })
  }, [bar])
}
