import type { ReactNode } from 'react'
import { Button } from 'react-aria-components/Button'
import { Disclosure as AriaDisclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import styles from './Disclosure.module.css'

/** Something more, one press away. */
export function Disclosure({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <AriaDisclosure className={styles.disclosure ?? ''}>
      {({ isExpanded }) => (
        <>
          <Button slot="trigger" className={styles.trigger ?? ''}>
            <span aria-hidden="true" className={styles.mark} data-open={isExpanded} />
            <span>{title}</span>
          </Button>
          <DisclosurePanel className={styles.panel ?? ''}>{isExpanded && children}</DisclosurePanel>
        </>
      )}
    </AriaDisclosure>
  )
}
