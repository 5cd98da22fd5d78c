import { useState } from 'react'
import type { ModelList } from '../../client/server.ts'
import { folded } from '../../reader/folded.ts'
import type { Fit } from '../session/state.ts'
import { TextField } from '../ui/TextField.tsx'
import styles from './ModelStep.module.css'
import { useBusy, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** More are searched, and not laid out as a wall. */
const most = 8

type Model = ModelList['models'][number]

interface ModelChoiceProps {
  readonly models: readonly Model[]
  readonly chosen: string | undefined
  /** Nobody has said yet which model the present file is for: those whose columns it has come first, and none is chosen. */
  readonly asked: boolean
  readonly onChoose: (model: string) => void
}

/** One of several models, each by its title and what it predicts; of many those that a search finds. */
export function ModelChoice({ models: served, chosen: named, asked, onChoose }: ModelChoiceProps) {
  const words = useWords().model
  const [search, setSearch] = useState('')
  const looked = useSessionState(({ fits }) => fits?.models)
  const fits = asked ? (looked ?? []) : []
  const chosen = asked ? undefined : named
  const place = ({ id }: Model) => fits.findIndex((fit) => fit.id === id) >>> 0
  const models = asked ? served.toSorted((a, b) => place(a) - place(b)) : served
  const found = models.filter((model) => says(model, search))
  // The chosen one is never out of sight.
  const first = found.filter(({ id }) => id === chosen)
  const shown = [...first, ...found.filter(({ id }) => id !== chosen)].slice(0, most)
  const inOrder = models.length > most ? models.filter((model) => shown.includes(model)) : models
  return (
    <>
      {models.length > most && (
        <div className={styles.search}>
          <TextField type="search" label={words.search} value={search} onChange={setSearch} />
          <output>{words.found(inOrder.length, found.length)}</output>
        </div>
      )}
      <div role="radiogroup" aria-label={words.title} className={styles.models}>
        {inOrder.map((model) => (
          <ModelRadio
            key={model.id}
            model={model}
            fit={fits.find(({ id, matched }) => id === model.id && matched > 0)}
            checked={model.id === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
    </>
  )
}

interface ModelRadioProps {
  readonly model: Model
  /** How many of its columns the file has, where that is what to choose by. */
  readonly fit: Fit | undefined
  readonly checked: boolean
  readonly onChoose: (model: string) => void
}

function ModelRadio({ model: { id, title, outcome }, fit, checked, onChoose }: ModelRadioProps) {
  const busy = useBusy()
  const words = useWords().model
  return (
    <label translate="no" className={styles.model}>
      <input
        type="radio"
        name="model"
        value={id}
        data-model-id={id}
        aria-labelledby={`model-${id}`}
        aria-describedby={`${fit ? `fit-${id} ` : ''}outcome-${id}`}
        checked={checked}
        disabled={busy}
        onChange={() => onChoose(id)}
      />
      <span id={`model-${id}`} className={styles.title}>
        {title}
      </span>
      <span id={`outcome-${id}`} className={styles.outcome}>
        {outcome}
      </span>
      {fit && (
        <span id={`fit-${id}`} translate="yes" className={styles.fit}>
          {words.fits(fit.matched, fit.total)}
        </span>
      )}
    </label>
  )
}

/** Every word of the search stands in what is said of the model. */
function says({ id, title, outcome, description }: Model, search: string): boolean {
  const text = folded([id, title, outcome, description].join(' '))
  return folded(search)
    .split(/\s+/)
    .every((word) => text.includes(word))
}
