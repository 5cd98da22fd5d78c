import { lazy, Suspense, useCallback, useState } from 'react'
import { keyObstacle } from '../session/key.ts'
import { linkTo, useAddress } from './address.ts'
import { CheckStep } from './CheckStep.tsx'
import { CodeStep } from './CodeStep.tsx'
import { InsecureContext } from './InsecureContext.tsx'
import { KeptRun } from './KeptRun.tsx'
import { KeyChip } from './KeyChip.tsx'
import { KeyPanel } from './KeyPanel.tsx'
import { KeyStep } from './KeyStep.tsx'
import { MatchStep } from './MatchStep.tsx'
import { ModelStep } from './ModelStep.tsx'
import styles from './Page.module.css'
import { RecordsStep } from './RecordsStep.tsx'
import { RunStep } from './RunStep.tsx'
import { ScoresStep } from './ScoresStep.tsx'
import { ServerSide } from './ServerSide.tsx'
import { KeyPanelContext } from './useKeyPanel.ts'
import { useSession } from './useSession.ts'
import { useTabSigns } from './useTabSigns.ts'

const VendorPage = lazy(() => import('./VendorPage.tsx').then((module) => ({ default: module.VendorPage })))

/** The page: this browser on the left of the line, the scoring server on its right. */
export function Page() {
  const [address, chooseModel] = useAddress()
  const { server } = useSession()
  const obstacle = keyObstacle()
  const [keyPanel, setKeyPanel] = useState(false)
  const openKeyPanel = useCallback(() => setKeyPanel(true), [])
  const analyst = address.page !== 'vendor' && !obstacle
  useTabSigns()

  return (
    <div className={styles.page}>
      <header className={styles.here}>
        <h1>Blindscore</h1>
        <p className={styles.side} data-side="here">
          This browser
        </p>
        <nav aria-label="Pages" className={styles.pages}>
          <a href={linkTo({})} aria-current={address.page === null ? 'page' : undefined}>
            Score records
          </a>
          <a href={linkTo({ page: 'vendor' })} aria-current={address.page === 'vendor' ? 'page' : undefined}>
            Check a model
          </a>
        </nav>
        {analyst && (
          <div className={styles.key}>
            <KeyChip onOpen={openKeyPanel} />
          </div>
        )}
      </header>
      {keyPanel && analyst && <KeyPanel onClose={() => setKeyPanel(false)} />}
      <main className={styles.path}>
        <p className={styles.lede}>
          {address.page === 'vendor'
            ? 'See what serving a model would publish, what would stay private, and what it would cost.'
            : 'Score your records with somebody else’s model. They are sealed in this browser, scored sealed, and opened in this browser.'}
        </p>
        {address.page === 'vendor' ? (
          <Suspense fallback={<p role="status">Loading…</p>}>
            <VendorPage />
          </Suspense>
        ) : obstacle ? (
          <InsecureContext obstacle={obstacle} />
        ) : (
          <KeyPanelContext value={openKeyPanel}>
            <KeptRun />
            <ModelStep address={address} onChoose={chooseModel} />
            <RecordsStep address={address} />
            <MatchStep />
            <CheckStep />
            <RunStep />
            <ScoresStep />
            <CodeStep />
            <KeyStep />
          </KeyPanelContext>
        )}
      </main>
      <aside className={styles.there} aria-label="Scoring server">
        <div className={styles.thereInner}>
          <div className={styles.thereHeader}>
            <p className={styles.side} data-side="there">
              Scoring server
            </p>
            <p className={styles.host}>{server.url.replace(/^https?:\/\//, '')}</p>
          </div>
          <ServerSide />
        </div>
      </aside>
    </div>
  )
}
