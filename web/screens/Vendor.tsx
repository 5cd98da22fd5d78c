import { Disclosure } from '../ui/Disclosure.tsx'
import { answersIn } from '../words/answers.ts'
import { useLanguageId } from './useWords.ts'
import styles from './Vendor.module.css'

/** Who answers, as that server says it: texts that are shown, and links that lead to https or a mail. */
export function Vendor({ said }: { readonly said: unknown }) {
  const words = answersIn[useLanguageId()]
  const vendor = readVendor(said)
  if (vendor === null) return null
  const { name, terms, url, contact } = vendor
  return (
    <div className={styles.vendor}>
      <p>
        {words.by(name)}
        {url && (
          <>
            {' · '}
            <a href={url} rel="noreferrer">
              {words.terms}
            </a>
          </>
        )}
        {contact && (
          <>
            {' · '}
            <a href={contact} rel="noreferrer">
              {words.contact}
            </a>
          </>
        )}
      </p>
      {terms && (
        <Disclosure title={words.terms}>
          <p className={styles.terms}>{terms}</p>
        </Disclosure>
      )}
    </div>
  )
}

interface Shown {
  readonly name: string
  readonly terms: string | null
  readonly url: string | null
  readonly contact: string | null
}

/** What may be shown of it: a page may be another server's than the one that answers. Null where that says no name. */
function readVendor(said: unknown): Shown | null {
  const at = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  const text = (value: unknown, most: number): string | null =>
    typeof value === 'string' && value !== '' ? value.slice(0, most) : null
  const link = (value: unknown, form: RegExp): string | null =>
    typeof value === 'string' && form.test(value) && URL.canParse(value) ? value : null
  const name = text(at(said, 'name'), 100)
  if (name === null) return null
  const terms = at(said, 'terms')
  return {
    name,
    terms: text(at(terms, 'text'), 20_000),
    url: link(at(terms, 'url'), /^https:\/\//),
    contact: link(at(said, 'contact'), /^(https:\/\/|mailto:)/),
  }
}
