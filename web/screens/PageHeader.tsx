import { type Address, linkTo } from './address.ts'
import { KeyChip } from './KeyChip.tsx'
import styles from './Page.module.css'
import { productName } from './productName.ts'
import { useWords } from './useWords.ts'

interface PageHeaderProps {
  readonly page: Address['page']
  /** Opens the key's panel; null where the page has no key. */
  readonly onOpenKey: (() => void) | null
}

export function PageHeader({ page, onOpenKey }: PageHeaderProps) {
  const words = useWords().page
  return (
    <header className={styles.here}>
      <h1 translate="no">{productName}</h1>
      <p className={styles.side} data-side="here">
        {words.here}
      </p>
      <nav aria-label={words.pages} className={styles.pages}>
        <a href={linkTo({})} aria-current={page === null ? 'page' : undefined}>
          {words.scoreRecords}
        </a>
        <a href={linkTo({ page: 'vendor' })} aria-current={page === 'vendor' ? 'page' : undefined}>
          {words.checkModel}
        </a>
        <a href={linkTo({ page: 'outcomes' })} aria-current={page === 'outcomes' ? 'page' : undefined}>
          {words.outcomes}
        </a>
      </nav>
      {onOpenKey && (
        <div className={styles.key}>
          <KeyChip onOpen={onOpenKey} />
        </div>
      )}
    </header>
  )
}
