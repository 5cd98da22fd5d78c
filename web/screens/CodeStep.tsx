import { Suspense } from 'react'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Step } from '../ui/Step.tsx'
import { later } from './later.tsx'
import { useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const CodeExample = later(async () => (await import('./CodeExample.tsx')).CodeExample)

/** The same from code: for the model and the columns that are chosen above. */
export function CodeStep() {
  const words = useWords().code
  const chosen = useSessionState((state) => state.card !== null)
  if (!chosen) return null
  return (
    <Step title={words.title}>
      <Disclosure title={words.disclose}>
        <Suspense>
          <CodeExample />
        </Suspense>
      </Disclosure>
    </Step>
  )
}
