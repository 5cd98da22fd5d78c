import type { ReactNode } from 'react'

/** What is no language's: a name of the person's own, a text of the server's, a code, a fingerprint. */
export function Data({ children }: { readonly children: ReactNode }) {
  return <span translate="no">{children}</span>
}
