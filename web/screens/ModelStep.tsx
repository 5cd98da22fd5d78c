import { useEffect } from 'react'
import { errorOf } from '../session/faults.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Step } from '../ui/Step.tsx'
import { useBackOnline, useOnline } from '../ui/useOnline.ts'
import type { Address } from './address.ts'
import { useAnswer } from './answers.ts'
import { ModelCard } from './ModelCard.tsx'
import { ModelChoice } from './ModelChoice.tsx'
import { Problem } from './Problem.tsx'
import { modelOfSample } from './samples.ts'
import { useFromEarlier } from './useOffline.ts'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

interface ModelStepProps {
  readonly address: Address
  readonly onChoose: (model: string) => void
}

/** The models that the server has, and the card of the one that is chosen. */
export function ModelStep({ address, onChoose }: ModelStepProps) {
  const { model: words, offline } = useWords()
  const online = useOnline()
  const earlier = useFromEarlier() && !online
  const { list, card, models, wanted, chosen } = useModels(address)
  const [only] = models
  const failed = list.error !== null ? list : card.error !== null ? card : null
  useBackOnline(() => void failed?.again())
  return (
    <Step title={words.title} aside={models.length > 1 ? words.several : only && <Data>{only.title}</Data>}>
      {list.pending && !list.data && list.error === null && <p role="status">{words.asking}</p>}
      {earlier && <p role="status">{offline.answersKept}</p>}
      {failed && (
        <Problem error={failed.error}>
          <Button onPress={() => failed.again()} pending={failed.pending}>
            {words.tryAgain}
          </Button>
        </Problem>
      )}
      {list.data && models.length === 0 && (
        <Problem error={errorOf('model/unknown', 'serverHasNoModels')} next={words.none}>
          <Button onPress={() => list.again()} pending={list.pending}>
            {words.lookAgain}
          </Button>
        </Problem>
      )}
      {models.length > 0 && wanted !== undefined && chosen === undefined && (
        <Problem error={errorOf('model/unknown', 'serverHasNoModel', { id: wanted.slice(0, 100) })} />
      )}
      {models.length > 1 && <ModelChoice models={models} chosen={chosen} onChoose={onChoose} />}
      {card.data && <ModelCard card={card.data} />}
    </Step>
  )
}

/**
 * The server's models, the one that the address wants (else the first), and its card, which becomes the session's. No
 * model is chosen where the server does not have the one that is wanted.
 */
function useModels(address: Address) {
  const session = useSession()
  const list = useAnswer('models', (signal) => session.server.models(signal))
  const models = list.data?.models ?? []
  const wanted = address.model ?? (address.sample && modelOfSample(address.sample)) ?? models[0]?.id
  const chosen = models.some((model) => model.id === wanted) ? wanted : undefined
  const card = useAnswer(chosen === undefined ? null : `card of ${chosen}`, (signal) =>
    session.server.card(chosen ?? '', signal),
  )
  const { data } = list
  useEffect(() => {
    if (card.data && data) session.chooseModel(card.data, data)
  }, [session, card.data, data])
  return { list, card, models, wanted, chosen }
}
