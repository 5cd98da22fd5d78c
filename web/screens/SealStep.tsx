import { Suspense } from 'react'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Step } from '../ui/Step.tsx'
import { later } from './later.tsx'
import { useWords } from './useWords.ts'

const SealPanel = later(async () => (await import('./SealFile.tsx')).SealPanel)

/** The checked records as a sealed file, beside scoring them here. */
export function SealStep({ records, waits }: { readonly records: number; readonly waits: boolean }) {
  const words = useWords().sealStep
  return (
    <Step title={words.step}>
      <Disclosure title={words.title}>
        <Suspense>
          <SealPanel records={records} waits={waits} />
        </Suspense>
      </Disclosure>
    </Step>
  )
}
