import { lazy, Suspense, use, useCallback, useState } from 'react'
import { keyObstacle } from '../session/key.ts'
import { type Address, useAddress } from './address.ts'
import { CheckStep } from './CheckStep.tsx'
import { CodeStep } from './CodeStep.tsx'
import { EarlierResults } from './EarlierResults.tsx'
import { ExchangeGuide } from './ExchangeGuide.tsx'
import { PageExtrasContext } from './extras.ts'
import { InsecureContext } from './InsecureContext.tsx'
import { IsolationBar } from './IsolationBar.tsx'
import { KeyPanel } from './KeyPanel.tsx'
import { KeyStep } from './KeyStep.tsx'
import { MatchStep } from './MatchStep.tsx'
import { ModelStep } from './ModelStep.tsx'
import styles from './Page.module.css'
import { PageHeader } from './PageHeader.tsx'
import { RecordsStep } from './RecordsStep.tsx'
import { ResumableRun } from './ResumableRun.tsx'
import { RunStep } from './RunStep.tsx'
import { ScoresStep } from './ScoresStep.tsx'
import { SealedScores } from './SealedScores.tsx'
import { ServerSide } from './ServerSide.tsx'
import { Update } from './Update.tsx'
import { KeyPanelContext } from './useKeyPanel.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useTabSigns } from './useTabSigns.ts'
import { useWords } from './useWords.ts'

const NumbersDialog = lazy(() => import('./NumbersDialog.tsx').then((module) => ({ default: module.NumbersDialog })))
const VendorPage = lazy(() => import('./VendorPage.tsx').then((module) => ({ default: module.VendorPage })))

/** The page: this browser on the left of the line, the scoring server on its right. */
export function Page() {
  const words = useWords().page
  const [address, chooseModel] = useAddress()
  const obstacle = keyObstacle()
  const [keyPanel, setKeyPanel] = useState(false)
  const openKeyPanel = useCallback(() => setKeyPanel(true), [])
  const extras = use(PageExtrasContext)
  const numbers = useSessionState((state) => state.numbers)
  const analyst = address.page !== 'vendor' && !obstacle
  useTabSigns()
  return (
    <div className={styles.page}>
      <PageHeader page={address.page} onOpenKey={analyst ? openKeyPanel : null} />
      {keyPanel && analyst && <KeyPanel onClose={() => setKeyPanel(false)} />}
      {numbers && analyst && (
        <Suspense>
          <NumbersDialog numbers={numbers} />
        </Suspense>
      )}
      <main className={styles.path}>
        <IsolationBar />
        {extras?.head ?? <Head page={address.page} />}
        {address.page === 'vendor' ? (
          <Suspense fallback={<p role="status">{words.loading}</p>}>
            <VendorPage />
          </Suspense>
        ) : obstacle ? (
          <InsecureContext obstacle={obstacle} />
        ) : (
          <KeyPanelContext value={openKeyPanel}>
            <Steps address={address} onChooseModel={chooseModel} />
          </KeyPanelContext>
        )}
      </main>
      <There />
    </div>
  )
}

/** What this page is, and whether it opens without a network. */
function Head({ page }: { readonly page: Address['page'] }) {
  const words = useWords().page
  return (
    <div className={styles.lede}>
      <p>{words.lede[page ?? 'analyst']}</p>
      <Update />
    </div>
  )
}

interface StepsProps {
  readonly address: Address
  readonly onChooseModel: (model: string) => void
}

/** An analyst's path, step by step. */
function Steps({ address, onChooseModel }: StepsProps) {
  return (
    <>
      {address.side && <ExchangeGuide side={address.side} />}
      <ResumableRun />
      <EarlierResults onChooseModel={onChooseModel} />
      <ModelStep address={address} onChoose={onChooseModel} />
      <RecordsStep address={address} />
      <MatchStep />
      <CheckStep />
      <RunStep />
      <ScoresStep />
      <SealedScores />
      <CodeStep />
      <KeyStep />
    </>
  )
}

/** The right of the line. */
function There() {
  const words = useWords().page
  const { server } = useSession()
  const extras = use(PageExtrasContext)
  return (
    <aside className={styles.there} aria-label={words.there}>
      <div className={styles.thereInner}>
        <div className={styles.thereHeader}>
          <p className={styles.side} data-side="there">
            {words.there}
          </p>
          <p translate="no" className={styles.host}>
            {extras?.serverName ?? server.url.replace(/^https?:\/\//, '')}
          </p>
        </div>
        <div>
          {extras?.beside}
          <ServerSide />
        </div>
      </div>
    </aside>
  )
}
