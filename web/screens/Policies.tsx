import type { PolicyCount } from '../../reader/notes.ts'
import styles from './CheckStep.module.css'
import { useWords } from './useWords.ts'

/** What policies of the model's card make of cells that will be scored: none acts without a word. */
export function Policies({ policies }: { readonly policies: readonly PolicyCount[] }) {
  const { title, count } = useWords().policies
  if (policies.length === 0) return null
  return (
    <ul aria-label={title} className={styles.hints}>
      {policies.map((policy) => (
        <li key={`${policy.column} ${policy.decision}`}>{count(policy)}</li>
      ))}
    </ul>
  )
}
