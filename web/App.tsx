import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { ScoringServer } from '../client/server.ts'
import { serverAddress } from './screens/address.ts'
import { Page } from './screens/Page.tsx'
import { SessionContext } from './screens/useSession.ts'
import { LanguageContext } from './screens/useWords.ts'
import { Session } from './session/session.ts'
import type { LanguageId } from './words/language.ts'

/** A session and what its screens need around them. */
export function App({ language }: { readonly language: LanguageId }) {
  const [session] = useState(() => new Session((onExchange) => new ScoringServer(serverAddress(), { onExchange })))
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
        <SessionContext value={session}>
          <Page />
        </SessionContext>
      </LanguageContext>
    </QueryClientProvider>
  )
}
