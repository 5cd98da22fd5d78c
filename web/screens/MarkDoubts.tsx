import { markRepair } from '../../reader/markRepair.ts'
import type { MarkDoubt } from '../../reader/marks.ts'
import { errorOf } from '../session/faults.ts'
import { columnName } from '../session/questions.ts'
import { Button } from '../ui/Button.tsx'
import styles from './CheckStep.module.css'
import { Problem } from './Problem.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Columns whose numbers may be thousands or decimals, each with its own cells read both ways. */
export function MarkDoubts({ doubts }: { readonly doubts: readonly MarkDoubt[] }) {
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  const columns = doubts.map(({ feature }) => columnName({ preview, matches }, feature))
  const error = errorOf('columns/marks', 'marksInDoubt', { columns, lines: [] })
  return (
    <>
      <Problem error={error} />
      {doubts.map((doubt) => (
        <Doubt key={doubt.feature} doubt={doubt} />
      ))}
    </>
  )
}

function Doubt({ doubt: { feature, count, examples } }: { readonly doubt: MarkDoubt }) {
  const words = useWords().marks
  const session = useSession()
  const column = useSessionState((state) => columnName(state, feature))
  const ways = [
    { text: words.thousands, at: 2, repair: markRepair(feature, 'thousands') },
    { text: words.decimals, at: 1, repair: markRepair(feature, 'decimals') },
  ] as const
  return (
    <section className={styles.group} aria-label={words.title(column)} data-mendable>
      <strong>{words.title(column)}</strong>
      <p>{words.why(count)}</p>
      {ways.map(({ text, at, repair }) => (
        <Way
          key={text}
          text={text}
          column={column}
          examples={examples.map((example) => [example[0], example[at]] as const)}
          onChoose={() => session.file.repair(repair)}
        />
      ))}
    </section>
  )
}

interface WayProps {
  readonly text: string
  readonly column: string
  readonly examples: readonly (readonly [text: string, read: string])[]
  readonly onChoose: () => void
}

function Way({ text, column, examples, onChoose }: WayProps) {
  const words = useWords().marks
  const busy = useBusy()
  return (
    <div className={styles.suggestion} data-suggestion>
      <div className={styles.pairs}>
        {examples.map(([cell, read]) => (
          <span key={cell} className={styles.pair}>
            <q translate="no">{cell}</q>
            {' → '}
            <b translate="no">{read}</b>
          </span>
        ))}
      </div>
      <Button label={words.answer(text, column)} disabled={busy} onPress={onChoose}>
        {text}
      </Button>
    </div>
  )
}
