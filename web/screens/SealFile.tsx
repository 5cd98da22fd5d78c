import { use, useEffect, useMemo, useState } from 'react'
import { unusedColumns } from '../../reader/matching.ts'
import type { SealingState } from '../session/sealedState.ts'
import type { SealChoice } from '../session/sealing.ts'
import { Button } from '../ui/Button.tsx'
import { Facts } from '../ui/Facts.tsx'
import { Fingerprint } from '../ui/Fingerprint.tsx'
import grid from '../ui/Grid.module.css'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { ColumnChoice } from './ColumnChoice.tsx'
import { PlayBothSides } from './ExchangeGuide.tsx'
import { PageExtrasContext } from './extras.ts'
import { Problem } from './Problem.tsx'
import styles from './SealFile.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useSession, useSessionState } from './useSession.ts'

const mostColumns = 12
const noColumns: readonly string[] = []

/** The choice of what goes along sealed, and the button that saves the file. */
export function SealPanel({ records, waits }: { readonly records: number; readonly waits: boolean }) {
  const words = useLaterWords().sealFile
  const session = useSession()
  const header = useSessionState((state) => state.preview?.header) ?? noColumns
  const matches = useSessionState((state) => state.matches)
  const name = useSessionState((state) => state.file?.name ?? '')
  const unused = useMemo(() => unusedColumns(header, matches).slice(0, mostColumns), [header, matches])
  const [columns, setColumns] = useState<readonly number[]>([])
  const [link, setLink] = useState<SealChoice['link']>(null)
  const sealing = useSessionState((state) => state.sealing)
  const ownKey = useSessionState(() => session.scheme.setOfRun() !== null)
  // A page with its server in it has another one in each window, which knows nothing of the other's cards.
  const elsewhere = use(PageExtrasContext) === null
  const save = async (): Promise<void> => {
    const blob = await session.sealing.save({ columns, link: link && { ...link, name: link.name.trim() } })
    if (blob) saveFile(blob, siblingName(name, 'blind'))
  }
  const unnamed = link !== null && (link.name.trim() === '' || link.columns.length === 0)
  return (
    <div className={styles.panel}>
      <p>{words.about}</p>
      {ownKey && <p>{words.ownKey}</p>}
      {unused.length === 0 ? (
        <p>{words.none}</p>
      ) : (
        <>
          <ColumnChoice
            legend={words.columns}
            header={header}
            columns={unused}
            chosen={columns}
            onChoose={setColumns}
          />
          {columns.length > 0 && <Example header={header} columns={columns} />}
          <LinkTokens header={header} columns={unused} link={link} onLink={setLink} />
        </>
      )}
      <Signed />
      <div className={styles.actions}>
        <Button onPress={() => void save()} pending={sealing.status === 'sealing'} disabled={waits || unnamed}>
          {words.save(records)}
        </Button>
        {unnamed && <p>{words.needsLink}</p>}
        {sealing.status === 'sealing' && <Button onPress={() => session.sealing.stop()}>{words.stop}</Button>}
        <p role="status">{saidOf(sealing, words)}</p>
      </div>
      {sealing.status === 'sealing' && <p>{words.keepOpen}</p>}
      {sealing.status === 'failed' && <Problem error={sealing.error} />}
      {elsewhere && <PlayBothSides />}
    </div>
  )
}

function saidOf(sealing: SealingState, words: ReturnType<typeof useLaterWords>['sealFile']): string | null {
  if (sealing.status === 'sealing') return words.sealed(sealing.sealed, sealing.total)
  return sealing.status === 'saved' ? words.saved : null
}

interface ExampleProps {
  readonly header: readonly string[]
  readonly columns: readonly number[]
}

/** The first record's cells as they are on the left of the line, and as they are on its right. */
function Example({ header, columns }: ExampleProps) {
  const words = useLaterWords().sealFile
  const session = useSession()
  const [cells, setCells] = useState<readonly { readonly here: string; readonly there: string }[]>([])
  useEffect(() => {
    const stop = new AbortController()
    const read = async (): Promise<void> => {
      const [row = []] = await session.cells([1], columns, stop.signal)
      const there = await session.sealing.example(row)
      if (!stop.signal.aborted) setCells(row.map((here, i) => ({ here, there: there[i] ?? '' })))
    }
    read().catch(() => {})
    return () => stop.abort()
  }, [session, columns])
  return (
    <table className={grid.grid} aria-label={words.example}>
      <thead>
        <tr>
          <th scope="col">{words.column}</th>
          <th scope="col">{words.here}</th>
          <th scope="col">{words.there}</th>
        </tr>
      </thead>
      <tbody translate="no">
        {columns.map((column, i) => (
          <tr key={column}>
            <th scope="row">{header[column]}</th>
            <td className={grid.readable}>{cells[i]?.here}</td>
            <td className={styles.sealed}>{words.begins(cells[i]?.there.slice(0, 48) ?? '')}</td>
          </tr>
        ))}
      </tbody>
      <caption>{words.padding}</caption>
    </table>
  )
}

interface LinkTokensProps extends ExampleProps {
  readonly link: SealChoice['link']
  readonly onLink: (link: SealChoice['link']) => void
}

/** The switch of link tokens, with what they reveal beside it. */
function LinkTokens({ header, columns, link, onLink }: LinkTokensProps) {
  const words = useLaterWords().sealFile
  return (
    <div className={styles.link}>
      <label>
        <input
          type="checkbox"
          checked={link !== null}
          onChange={({ currentTarget }) => onLink(currentTarget.checked ? { columns: [], name: '' } : null)}
        />
        <span>{words.link}</span>
      </label>
      <p>{words.reveals}</p>
      {link && (
        <>
          <ColumnChoice
            legend={words.linkColumns}
            header={header}
            columns={columns}
            chosen={link.columns}
            onChoose={(chosen) => onLink({ ...link, columns: chosen })}
          />
          <label className={styles.name}>
            <span>{words.linkName}</span>
            <input
              type="text"
              value={link.name}
              onChange={({ currentTarget }) => onLink({ ...link, name: currentTarget.value })}
            />
          </label>
          <p>{words.linkHint}</p>
        </>
      )}
    </div>
  )
}

/** Whose file it will be: what the other company compares. */
function Signed() {
  const words = useLaterWords().sealFile
  const session = useSession()
  const fingerprint = useSessionState(({ key }) => (key.status === 'ready' ? key.publicKey.fingerprint : null))
  const [sender, setSender] = useState<string | null>(null)
  useEffect(() => {
    let gone = false
    if (fingerprint === null) return setSender(null)
    session.sealing.sender().then(
      (found) => gone || setSender(found),
      () => {},
    )
    return () => {
      gone = true
    }
  }, [session, fingerprint])
  if (fingerprint === null || sender === null) return null
  return (
    <>
      <Facts
        facts={[
          { name: words.key, value: <Fingerprint hex={fingerprint} /> },
          { name: words.sender, value: <Fingerprint hex={sender} /> },
        ]}
      />
      <p>{words.compare}</p>
    </>
  )
}
