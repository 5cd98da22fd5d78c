import { createContext, type ReactNode } from 'react'

/** What a page has besides, where the scoring server is not at the other end of a network. */
export interface PageExtras {
  /** Stands above the path. */
  readonly head: ReactNode
  /** Stands on the server's side of the line, above what the server sees. */
  readonly beside: ReactNode
  /** In the place of the server's address. */
  readonly serverName: string
  /** In the place of what is said of the weights. */
  readonly weights: string
}

export const PageExtrasContext = createContext<PageExtras | null>(null)
