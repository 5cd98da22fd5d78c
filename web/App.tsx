import { type ReactNode, useState } from 'react'
import type { OnExchange, ScoringServer } from '../client/server.ts'
import { Answers, AnswersContext } from './screens/answers.ts'
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
  const [answers] = useState(() => new Answers())
  return (
    <AnswersContext value={answers}>
      <LanguageContext value={language}>
        <SessionContext value={session}>{children}</SessionContext>
      </LanguageContext>
    </AnswersContext>
  )
}
