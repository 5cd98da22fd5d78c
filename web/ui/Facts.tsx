import type { ReactNode } from 'react'
import styles from './Facts.module.css'

export interface Fact {
  readonly name: string
  readonly value: ReactNode
}

/** Names and values, side by side as far as there is room. `large` makes tiles of them. */
export function Facts({ facts, large = false }: { readonly facts: readonly Fact[]; readonly large?: boolean }) {
  return (
    <dl className={large ? styles.tiles : styles.facts}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
