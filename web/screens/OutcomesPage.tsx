import { Suspense, useMemo } from 'react'
import { Step } from '../ui/Step.tsx'
import type { Address } from './address.ts'
import { FitHere } from './FitHere.tsx'
import { HandedFile } from './HandedFile.tsx'
import { RecordsStep } from './RecordsStep.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useSessionState } from './useSession.ts'
import { ValidateFile } from './ValidateFile.tsx'

/** For who has records and what came to pass of them: what scores are worth, and models of one's own. */
export function OutcomesPage({ address }: { readonly address: Address }) {
  const { validate, fit } = useOutcomeWords()
  const handed = useSessionState((state) => state.handed)
  const preview = useSessionState((state) => state.preview)
  // Nobody is on a first visit here: no sample is opened unasked.
  const here = useMemo(() => ({ ...address, model: address.model ?? '' }), [address])
  return (
    <>
      <RecordsStep address={here} />
      <Suspense>{handed && <HandedFile handed={handed} />}</Suspense>
      {preview && (
        <Step title={validate.title}>
          <ValidateFile key={preview.header.join('\n')} preview={preview} />
        </Step>
      )}
      {preview && (
        <Step title={fit.title}>
          <FitHere preview={preview} />
        </Step>
      )}
    </>
  )
}
