import { markRepair } from '../../reader/markRepair.ts'
import type { NextAct } from '../session/nextAct.ts'
import { partialOf } from '../session/nextAct.ts'
import type { Fit } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { goTo, type Place } from './goTo.ts'
import { Problem } from './Problem.tsx'
import { useKeyPanel } from './useKeyPanel.ts'
import { useSaving } from './useSaving.ts'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Where what is wrong or open stands, by what it is. */
const placeOf = {
  unreadable: 'records',
  noModel: 'model',
  models: 'model',
  letters: 'preview',
  rowNames: 'preview',
  unnamed: 'preview',
  nothingScorable: 'check',
  leftOut: 'check',
  columns: 'columns',
  sealedFailed: 'sealed',
  sealedOpened: 'sealed',
  sealedRecords: 'sealed',
  handed: 'handed',
  handedBack: 'handedOver',
  handedFailed: 'handedOver',
  handing: 'handedOver',
  fetching: 'handedOver',
} as const satisfies Partial<Record<NextAct['what'], Place>>

interface BarActsProps {
  readonly act: NextAct
  /** Names a model in the page's address. */
  readonly onChooseModel: (model: string) => void
}

/** The buttons of the bar: the one next act, or the answers to what is asked. */
export function BarActs({ act, onChooseModel }: BarActsProps) {
  switch (act.what) {
    case 'comma':
    case 'header':
    case 'marks':
      return <Answers act={act} />
    case 'otherModel':
      return <UseModel fit={act.fit} onChoose={onChooseModel} />
    case 'ready':
    case 'resumable':
      return <Start act={act} />
    case 'makingKey':
    case 'givingKey':
    case 'makingMasks':
    case 'running':
    case 'waiting':
      return <Hold />
    case 'paused':
      return <GoOn act={act} />
    case 'cancelled':
    case 'failed':
      return <AfterEnd act={act} />
    case 'done':
      return <Download saved={act.saved} />
    case 'held':
      return act.until === null && <Lead what="handing" />
    default:
      return act.what in placeOf ? <Lead what={act.what as keyof typeof placeOf} /> : null
  }
}

/** Goes to where it stands. */
function Lead({ what }: { readonly what: keyof typeof placeOf }) {
  const { bar: words } = useWords()
  return (
    <Button primary onPress={() => goTo(placeOf[what])}>
      {what === 'columns' || what === 'models' ? words.choose : words.look}
    </Button>
  )
}

/** Takes the model that the columns fit, or keeps the chosen one and its columns. */
function UseModel({ fit, onChoose }: { readonly fit: Fit; readonly onChoose: (model: string) => void }) {
  const { bar: words } = useWords()
  return (
    <>
      <Button primary onPress={() => onChoose(fit.id)}>
        {words.useIt}
      </Button>
      <Button onPress={() => goTo('columns')}>{words.choose}</Button>
    </>
  )
}

function Answers({ act }: { readonly act: Extract<NextAct, { what: 'comma' | 'header' | 'marks' }> }) {
  const { bar: words } = useWords()
  const { file } = useSession()
  if (act.what === 'marks') {
    const { feature, examples } = act.doubt
    const [, decimal = '', thousands = ''] = examples[0] ?? []
    return (
      <>
        <Button onPress={() => file.repair(markRepair(feature, 'thousands'))}>{words.readAs(thousands)}</Button>
        <Button onPress={() => file.repair(markRepair(feature, 'decimals'))}>{words.readAs(decimal)}</Button>
      </>
    )
  }
  const comma = act.what === 'comma'
  return (
    <>
      <Button primary onPress={() => (comma ? file.confirmDecimalMark() : file.confirmHeader())}>
        {words.yes}
      </Button>
      <Button onPress={() => void file.changeFormat(comma ? { decimalMark: '.' } : { header: 0 })}>{words.no}</Button>
    </>
  )
}

function Start({ act }: { readonly act: Extract<NextAct, { what: 'ready' | 'resumable' }> }) {
  const { bar: words, run } = useWords()
  const session = useSession()
  const resume = act.what === 'resumable'
  return (
    <Button primary onPress={() => (resume ? void session.run.resumeInterrupted() : session.run.begin())}>
      {resume ? run.resume : words.score}
    </Button>
  )
}

function Hold() {
  const { run: words } = useWords()
  const session = useSession()
  return <Button onPress={() => session.run.pause()}>{words.pause}</Button>
}

function GoOn({ act: { why } }: { readonly act: Extract<NextAct, { what: 'paused' }> }) {
  const { run: words, bar } = useWords()
  const session = useSession()
  const openKeyPanel = useKeyPanel()
  const saving = useSaving(() => session.soFar())
  const { scored } = session.run
  const locked = why?.code === 'key/locked'
  const key = locked || why?.code === 'key/lost'
  return (
    <>
      <Button primary={why?.code !== 'run/out-of-date'} onPress={key ? openKeyPanel : () => session.run.resume()}>
        {key ? (locked ? words.unlock : words.restore) : words.resume}
      </Button>
      {scored > 0 && (
        <Button onPress={saving.whole.run} pending={saving.whole.pending}>
          {bar.downloadPart(scored)}
        </Button>
      )}
      <Trouble of={saving.whole.error} />
    </>
  )
}

function AfterEnd({ act }: { readonly act: Extract<NextAct, { what: 'cancelled' | 'failed' }> }) {
  const { bar: words } = useWords()
  const session = useSession()
  const saving = useSaving(() => partialOf(session.state))
  const { what, scored } = act
  return (
    <>
      {scored > 0 && (
        <Button primary onPress={saving.whole.run} pending={saving.whole.pending}>
          {words.downloadPart(scored)}
        </Button>
      )}
      <Button primary={scored === 0} onPress={() => (what === 'failed' ? goTo('run') : session.run.begin())}>
        {what === 'failed' ? words.look : words.scoreAgain}
      </Button>
      <Trouble of={saving.whole.error} />
    </>
  )
}

/** The scores that the page shows: saved, and afterwards to be looked at. */
function Download({ saved }: { readonly saved: boolean }) {
  const { bar: words } = useWords()
  const saving = useSaving(() => null)
  return (
    <>
      <Button primary={!saved} onPress={saving.whole.run} pending={saving.whole.pending}>
        {words.download}
      </Button>
      {saved && <Button onPress={() => goTo('scores')}>{words.look}</Button>}
      <Trouble of={saving.whole.error} />
    </>
  )
}

function Trouble({ of }: { readonly of: unknown }) {
  return of !== null && <Problem error={of} />
}
