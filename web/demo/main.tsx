import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { thisDevice } from '../../client/device.ts'
import { ScoringServer } from '../../client/server.ts'
import { App } from '../App.tsx'
import { PageServer, pageServerAddress } from '../loopback/pageServer.ts'
import { chosenColours, showColours } from '../screens/colours.ts'
import { storeSamplesAs } from '../screens/samples.ts'
import { languageId } from '../words/language.ts'
import { DemoPage } from './DemoPage.tsx'
import { csvOfColumns } from './sampleColumns.ts'
import '../tokens.css'
import '../base.css'
import '../print.css'

storeSamplesAs({ ending: '.columns.txt', read: csvOfColumns })
const root = document.getElementById('root')
const language = languageId(document.documentElement.lang)
document.documentElement.lang = language
showColours(chosenColours())
if (root) {
  // One for the tab, whatever React draws anew.
  const pageServer = new PageServer(Math.min(thisDevice().cores, 8))
  const { fetch } = pageServer
  createRoot(root).render(
    <StrictMode>
      <App language={language} server={(onExchange) => new ScoringServer(pageServerAddress, { onExchange, fetch })}>
        <DemoPage server={pageServer} />
      </App>
    </StrictMode>,
  )
}
