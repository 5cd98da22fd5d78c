import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Card } from '../../core/card/card.ts'
import type { Preview } from '../../reader/inspect.ts'
import { Adapting, type AdaptingState, isAsked } from '../session/adapting.ts'
import { lookedAt } from '../session/validating.ts'
import { openFitter } from '../trainer/trainer.ts'
import { Button } from '../ui/Button.tsx'
import { CheckBox } from '../ui/CheckBox.tsx'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import { ChangesConsent, FoundChanges } from './AdaptedChanges.tsx'
import { ColumnChoice } from './ColumnChoice.tsx'
import styles from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { useAdaptingWords } from './useAdaptingWords.ts'
import { useSession, useSessionState } from './useSession.ts'

/** A vendor's model moved towards outcomes of its customer: for a file that says which model made its scores. */
export function AdaptHere({ preview }: { readonly preview: Preview }) {
  const { adapting: words } = useAdaptingWords()
  const { server } = useSession()
  const said = preview.rows[0]?.[preview.header.indexOf('scored_by')]?.trim() ?? ''
  const [id = '', version = ''] = said.split(' ')
  const { data, error } = useQuery({
    queryKey: ['card', id],
    queryFn: ({ signal }) => server.card(id, signal),
    enabled: id !== '',
    retry: false,
  })
  if (data?.version === version) return <OfCard card={data} preview={preview} />
  return (
    <Step title={words.title}>
      {data ? <p>{words.otherVersion(said, data.version)}</p> : !error && <p role="status">{words.looking}</p>}
      {error && <Problem error={error} />}
    </Step>
  )
}

function OfCard({ card, preview }: { readonly card: Card; readonly preview: Preview }) {
  const session = useSession()
  const file = useSessionState((state) => state.file)
  const [adapting, setAdapting] = useState<Adapting | null>(null)
  useEffect(() => {
    const looked = lookedAt({ ...session.state, file, preview })
    if (!looked) return
    const opened = new Adapting(openFitter(), looked, card)
    void opened.look()
    setAdapting(opened)
    return () => opened.end()
  }, [session, file, preview, card])
  return adapting && <Asked adapting={adapting} card={card} name={file?.name ?? ''} />
}

interface AskedProps {
  readonly adapting: Adapting
  readonly card: Card
  /** Of the file. */
  readonly name: string
}

function Asked({ adapting, card, name }: AskedProps) {
  const { adapting: words } = useAdaptingWords()
  const state = useStore(adapting.store)
  const { outcomes, asked, found, busy, error } = state
  const { columns } = adapting
  return (
    <>
      <Step title={words.title}>
        <div className={styles.panel}>
          <p className={styles.about}>{words.about}</p>
          {outcomes?.length === 0 && <p>{words.none}</p>}
          {outcomes && outcomes.length > 0 && <Outcome adapting={adapting} state={{ ...state, outcomes }} />}
          {asked.outcome !== null && (
            <>
              {columns.length > 0 && (
                <ColumnChoice
                  legend={words.columns}
                  header={columns}
                  columns={columns.map((_, i) => i)}
                  chosen={asked.columns.map((column) => columns.indexOf(column))}
                  onChoose={(places) => adapting.ask({ columns: places.map((place) => columns[place] ?? '') })}
                />
              )}
              <CheckBox label={words.slope} checked={asked.slope} onChange={(slope) => adapting.ask({ slope })} />
              {(asked.slope || asked.columns.length > 0) && (
                <CheckBox label={words.ridge} checked={asked.ridge} onChange={(ridge) => adapting.ask({ ridge })} />
              )}
              <div>
                <Button primary pending={busy} disabled={!isAsked(state)} onPress={() => void adapting.fit()}>
                  {words.fit}
                </Button>
              </div>
            </>
          )}
          <p role="status">{busy ? words.fitting : null}</p>
          {error !== null && <Problem error={error} />}
          {found && <FoundChanges found={found} />}
        </div>
      </Step>
      {found && <ChangesConsent adapting={adapting} found={found} receipt={state.receipt} card={card} name={name} />}
    </>
  )
}

interface OutcomeProps {
  readonly adapting: Adapting
  readonly state: AdaptingState & { readonly outcomes: NonNullable<AdaptingState['outcomes']> }
}

/** Which column has outcomes, and what of them is an event. */
function Outcome({ adapting, state: { outcomes, asked } }: OutcomeProps) {
  const { adapting: words } = useAdaptingWords()
  const column = outcomes.find(({ name }) => name === asked.outcome)
  const unsaid = { value: '', text: words.choose }
  const named = (names: readonly string[]) => names.map((value) => ({ value, text: value, isData: true }))
  return (
    <div className={styles.fields}>
      <Select
        label={words.outcome}
        value={asked.outcome ?? ''}
        options={[...(asked.outcome === null ? [unsaid] : []), ...named(outcomes.map(({ name }) => name))]}
        onChange={(outcome) => outcome !== '' && adapting.ask({ outcome })}
      />
      {column?.kind === 'category' && (
        <Select
          label={words.event}
          value={asked.event ?? ''}
          invalid={asked.event === null}
          options={[...(asked.event === null ? [unsaid] : []), ...named(column.levels)]}
          onChange={(event) => event !== '' && adapting.ask({ event })}
        />
      )}
    </div>
  )
}
