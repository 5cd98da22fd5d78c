import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { Step } from '../ui/Step.tsx'
import { useBackOnline } from '../ui/useOnline.ts'
import type { Address } from './address.ts'
import { ModelCard } from './ModelCard.tsx'
import styles from './ModelStep.module.css'
import { Problem } from './Problem.tsx'
import { modelOfSample } from './samples.ts'
import { useBusy, useSession } from './useSession.ts'

interface ModelStepProps {
  readonly address: Address
  readonly onChoose: (model: string) => void
}

/** The models that the server has, and the card of the one that is chosen. */
export function ModelStep({ address, onChoose }: ModelStepProps) {
  const session = useSession()
  const busy = useBusy()
  const list = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => session.server.models(signal) })
  const models = list.data?.models ?? []
  const wanted = address.model ?? (address.sample && modelOfSample(address.sample)) ?? models[0]?.id
  const known = models.some((model) => model.id === wanted)
  const chosen = known ? wanted : undefined
  const card = useQuery({
    queryKey: ['card', chosen],
    queryFn: ({ signal }) => session.server.card(chosen ?? '', signal),
    enabled: chosen !== undefined,
  })

  const limits = list.data?.limits
  useEffect(() => {
    if (card.data && limits) session.chooseModel(card.data, limits)
  }, [session, card.data, limits])

  const failed = list.isError ? list : card.isError ? card : null
  useBackOnline(() => void failed?.refetch())
  return (
    <Step title="Model" aside={models.length > 1 ? 'Chosen from those that the server has.' : models[0]?.title}>
      {list.isPending && <p role="status">Asking the server for its models…</p>}
      {failed && (
        <Problem error={failed.error}>
          <Button onPress={() => void failed.refetch()} pending={failed.isFetching}>
            Try again
          </Button>
        </Problem>
      )}
      {list.isSuccess && models.length === 0 && (
        <Problem
          error={errorOf('model/unknown', 'serverHasNoModels')}
          next="Whoever runs it puts model files into its models folder and starts it again."
        >
          <Button onPress={() => void list.refetch()} pending={list.isFetching}>
            Look again
          </Button>
        </Problem>
      )}
      {models.length > 0 && wanted !== undefined && !known && (
        <Problem error={errorOf('model/unknown', 'serverHasNoModel', { id: wanted.slice(0, 100) })} />
      )}
      {models.length > 1 && (
        <div role="radiogroup" aria-label="Model" className={styles.models}>
          {models.map(({ id, title, outcome }) => (
            <label key={id} className={styles.model}>
              <input
                type="radio"
                name="model"
                value={id}
                data-model-id={id}
                aria-labelledby={`model-${id}`}
                aria-describedby={`outcome-${id}`}
                checked={id === chosen}
                disabled={busy}
                onChange={() => onChoose(id)}
              />
              <span id={`model-${id}`} className={styles.title}>
                {title}
              </span>
              <span id={`outcome-${id}`} className={styles.outcome}>
                {outcome}
              </span>
            </label>
          ))}
        </div>
      )}
      {card.data && <ModelCard card={card.data} />}
    </Step>
  )
}
