import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Preview } from '../../reader/inspect.ts'
import { families, usualLink } from '../../stats/families.ts'
import { familiesOf, formulaOf, isCount, takesTrials, weighing } from '../../study/clicked.ts'
import { Fitting, isReady } from '../session/fitting.ts'
import type { Draft } from '../session/poolStudy.ts'
import { lookedAt } from '../session/validating.ts'
import { openFitter } from '../trainer/trainer.ts'
import { Button } from '../ui/Button.tsx'
import { Select } from '../ui/Select.tsx'
import { type ClickedProps, FitTerms } from './FitTerms.tsx'
import { FittedModel } from './FittedModel.tsx'
import { FitWay } from './FitWay.tsx'
import styles from './Outcomes.module.css'
import { Components, PenalisedModel } from './PenalisedModel.tsx'
import { Problem } from './Problem.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useSession, useSessionState } from './useSession.ts'

interface FitHereProps {
  readonly preview: Preview
  /** Others' rows are to be fitted with these, by the formula that was clicked. */
  readonly onPool: (draft: Draft) => void
}

/** A model of one's own, fitted to the file in this tab. */
export function FitHere({ preview, onPool }: FitHereProps) {
  const { fit: words } = useOutcomeWords()
  const session = useSession()
  const file = useSessionState((state) => state.file)
  const [fitting, setFitting] = useState<Fitting | null>(null)
  useEffect(() => {
    const looked = lookedAt({ ...session.state, file, preview })
    if (!looked || !file) return
    const opened = new Fitting(openFitter(), looked, file.name)
    void opened.look()
    setFitting(opened)
    return () => opened.end()
  }, [session, file, preview])
  return (
    <div className={styles.panel}>
      <p className={styles.about}>{words.about}</p>
      {fitting && <Formula fitting={fitting} name={file?.name ?? ''} onPool={onPool} />}
    </div>
  )
}

/** The formula, clicked together, and the button that fits it. */
interface FormulaProps extends Pick<FitHereProps, 'onPool'> {
  readonly fitting: Fitting
  readonly name: string
}

function Formula({ fitting, name, onPool }: FormulaProps) {
  const { fit: words } = useOutcomeWords()
  const state = useStore(fitting.store)
  const { columns, clicked, busy, fitted, error } = state
  return (
    <>
      {columns?.length === 0 && <p>{words.noColumns}</p>}
      {columns && columns.length > 0 && (
        <div className={styles.fields}>
          <Select
            label={words.outcome}
            value={clicked?.outcome ?? ''}
            options={[
              ...(clicked ? [] : [{ value: '', text: words.choose }]),
              ...columns.map((column) => ({ value: column.name, text: column.name, isData: true })),
            ]}
            onChange={(value) => value !== '' && fitting.explain(value)}
          />
          {clicked && <Kind fitting={fitting} columns={columns} clicked={clicked} />}
        </div>
      )}
      {columns && clicked && (
        <>
          <FitTerms fitting={fitting} columns={columns} clicked={clicked} />
          <Counting fitting={fitting} columns={columns} clicked={clicked} />
          <FitWay fitting={fitting} way={state.way} />
          <p>
            <span>{words.formula}</span> <code translate="no">{formulaOf(clicked)}</code>
          </p>
          <div className={styles.fields}>
            <Button primary onPress={() => void fitting.fit()} pending={busy} disabled={!isReady(state)}>
              {state.way.kind === 'components' ? words.findComponents : words.fit}
            </Button>
            <Button onPress={() => onPool({ columns, clicked })} disabled={!isReady(state)}>
              {words.pool}
            </Button>
          </div>
        </>
      )}
      <p role="status">{busy ? (columns ? words.fitting : words.looking) : null}</p>
      {error !== null && <Problem error={error} />}
      {fitted?.kind === 'plain' && <FittedModel fitted={fitted} name={name} />}
      {fitted?.kind === 'penalised' && <PenalisedModel fitted={fitted} name={name} />}
      {fitted?.kind === 'components' && <Components fitted={fitted} />}
    </>
  )
}

/** What of the outcome is an event, and by which family and link it is fitted. */
function Kind({ fitting, columns, clicked }: ClickedProps) {
  const { fit: words, validate } = useOutcomeWords()
  const { outcome, event, failures, family, link } = clicked
  const column = columns.find(({ name }) => name === outcome)
  if (!column) return null
  const usual = usualLink(family)
  const counts = columns.filter((each) => each !== column && isCount(each))
  return (
    <>
      {column.kind === 'category' && (
        <Select
          label={validate.meaning}
          value={event ?? ''}
          invalid={event === null}
          options={[
            ...(event === null ? [{ value: '', text: validate.chooseMeaning }] : []),
            ...column.levels.map((text) => ({ value: text, text, isData: true })),
          ]}
          onChange={(value) => value !== '' && fitting.change({ event: value })}
        />
      )}
      {isCount(column) && counts.length > 0 && (
        <Select
          label={words.failures}
          value={failures ?? ''}
          options={[
            { value: '', text: words.none },
            ...counts.map(({ name }) => ({ value: name, text: name, isData: true })),
          ]}
          onChange={(value) => fitting.countFailures(value || null)}
        />
      )}
      <Select
        label={words.family}
        value={family}
        options={familiesOf(column, failures).map((each) => ({ value: each, text: words.families[each] }))}
        onChange={(value) => fitting.change({ family: value })}
      />
      <Select
        label={words.link}
        value={link ?? usual}
        options={families[family].links.map((each) => ({ value: each, text: words.links[each] }))}
        onChange={(value) => fitting.change({ link: value === usual ? null : value })}
      />
    </>
  )
}

/** How much each record counts, and what is added to its predictor. */
function Counting({ fitting, columns, clicked }: ClickedProps) {
  const { fit: words } = useOutcomeWords()
  const { outcome, family, weights, failures, offset } = clicked
  const isFree = (name: string): boolean => name !== outcome && name !== failures
  const numbers = columns.flatMap(({ kind, name }) => (kind === 'number' && isFree(name) ? [name] : []))
  const options = (names: readonly string[]) => [
    { value: '', text: words.none },
    ...names.map((name) => ({ value: name, text: name, isData: true })),
  ]
  const weigh = weighing(columns).filter(isFree)
  const told = columns.find(({ name }) => name === outcome)
  if (numbers.length === 0) return null
  return (
    <div className={styles.fields}>
      {told && weights === null && takesTrials(told, family) && <p className={styles.about}>{words.trials}</p>}
      {failures === null && (
        <Select
          label={words.weights}
          value={weights ?? ''}
          options={options(weigh)}
          onChange={(value) => fitting.change({ weights: value || null })}
        />
      )}
      <Select
        label={words.offset}
        value={offset ?? ''}
        options={options(numbers)}
        onChange={(value) => fitting.change({ offset: value || null })}
      />
    </div>
  )
}
