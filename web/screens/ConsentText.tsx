import { useQuery } from '@tanstack/react-query'
import { textDigest } from '../session/textDigest.ts'
import { Button } from '../ui/Button.tsx'
import { ConsentSections } from './ConsentSections.tsx'
import './consentPrint.css'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import type { usePoolConsent } from './usePoolConsent.ts'
import { usePoolWords } from './usePoolWords.ts'

/** What is agreed to, with its digest; it prints alone. It stands in a step whose place is `consent`. */
export function ConsentText({ sections, text }: ReturnType<typeof usePoolConsent>) {
  const { consent: words } = usePoolWords()
  const digest = useQuery({ queryKey: ['digest', text], queryFn: () => textDigest(text) })
  return (
    <>
      <ConsentSections sections={sections} />
      <p className={outcomes.about}>
        {words.digest}{' '}
        <code translate="no" className={styles.address}>
          {digest.data}
        </code>
      </p>
      <div>
        <Button onPress={printConsent}>{words.print}</Button>
      </div>
    </>
  )
}

/** The consent alone, as consentPrint.css has it. */
function printConsent(): void {
  const { dataset } = document.documentElement
  dataset.prints = 'consent'
  window.addEventListener('afterprint', () => delete dataset.prints, { once: true })
  window.print()
}
