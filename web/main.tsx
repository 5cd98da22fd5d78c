import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ScoringServer } from '../client/server.ts'
import { App } from './App.tsx'
import { fetchOrRecall } from './offline/keptAnswers.ts'
import { serverAddress } from './screens/address.ts'
import { chosenColours, showColours } from './screens/colours.ts'
import { whyUnreachable } from './screens/whyUnreachable.ts'
import { languageId } from './words/language.ts'
import './tokens.css'
import './base.css'
import './print.css'

const root = document.getElementById('root')
const language = languageId(document.documentElement.lang)
document.documentElement.lang = language
showColours(chosenColours())
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App
        language={language}
        server={(onExchange) =>
          new ScoringServer(serverAddress(), { onExchange, whyUnreachable, fetch: fetchOrRecall })
        }
      />
    </StrictMode>,
  )
}
