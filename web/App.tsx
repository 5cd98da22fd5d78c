import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { OnExchange, ScoringServer } from '../client/server.ts'
import { Page } from './screens/Page.tsx'
import { SessionContext } from './screens/useSession.ts'
import { LanguageContext } from './screens/useWords.ts'
import { Session } from './session/session.ts'
import type { LanguageId } from './words/language.ts'

interface AppProps {
  readonly language: LanguageId
  /** The scoring server. */
  readonly server: (onExchange: OnExchange) => ScoringServer
  readonly children?: ReactNode
}

/** A session and what its screens need around them; with a page of its own, or the usual one. */
export function App({ language, server, children = <Page /> }: AppProps) {
  const [session] = useState(() => new Session(server))
  const [queries] = useState(
    () =>
      new QueryClient({
        // Cards are checked by their hash and a server may run on this very machine: nothing goes stale by itself,
        // and whether the device is online says nothing.
        defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, networkMode: 'always', retry: 1 } },
      }),
  )
  return (
    <QueryClientProvider client={queries}>
      <LanguageContext value={language}>
        <SessionContext value={session}>{children}</SessionContext>
      </LanguageContext>
    </QueryClientProvider>
  )
}
