import { Suspense, use, useCallback, useEffect, useState } from 'react'
import { keyObstacle } from '../session/key.ts'
import { modelAsked } from '../session/questions.ts'
import { earlierResults } from '../session/results.ts'
import { type Address, useAddress } from './address.ts'
import { Bar } from './Bar.tsx'
import { CheckStep } from './CheckStep.tsx'
import { CodeStep } from './CodeStep.tsx'
import { PageExtrasContext } from './extras.ts'
import { IsolationBar } from './IsolationBar.tsx'
import { KeyStep } from './KeyStep.tsx'
import { later } from './later.tsx'
import { MatchStep } from './MatchStep.tsx'
import { ModelStep } from './ModelStep.tsx'
import styles from './Page.module.css'
import { PageHeader } from './PageHeader.tsx'
import { RecordsStep } from './RecordsStep.tsx'
import { RunStep } from './RunStep.tsx'
import { ScoresStep } from './ScoresStep.tsx'
import { ServerSide } from './ServerSide.tsx'
import { Update } from './Update.tsx'
import { useFits } from './useFits.ts'
import { KeyPanelContext } from './useKeyPanel.ts'
import { useNetwork } from './useNetwork.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useTabSigns } from './useTabSigns.ts'
import { useWords } from './useWords.ts'

const EarlierResults = later(async () => (await import('./EarlierResults.tsx')).EarlierResults)
const ExchangeGuide = later(async () => (await import('./ExchangeGuide.tsx')).ExchangeGuide)
const HandedOver = later(async () => (await import('./HandedOver.tsx')).HandedOver)
const HandedFile = later(async () => (await import('./HandedFile.tsx')).HandedFile)
const InsecureContext = later(async () => (await import('./InsecureContext.tsx')).InsecureContext)
const KeyPanel = later(async () => (await import('./KeyPanel.tsx')).KeyPanel)
const OfferedVersion = later(async () => (await import('./OfferedVersion.tsx')).OfferedVersion)
const NumbersDialog = later(async () => (await import('./NumbersDialog.tsx')).NumbersDialog)
const OutcomesPage = later(async () => (await import('./OutcomesPage.tsx')).OutcomesPage)
const ResumableRun = later(async () => (await import('./ResumableRun.tsx')).ResumableRun)
const ScoredBefore = later(async () => (await import('./ScoredBefore.tsx')).ScoredBefore)
const PageFooter = later(async () => (await import('./PageFooter.tsx')).PageFooter)
const SealedScores = later(async () => (await import('./SealedScores.tsx')).SealedScores)
const OutcomesSide = later(async () => (await import('./OutcomesSide.tsx')).OutcomesSide)
const VendorSide = later(async () => (await import('./VendorSide.tsx')).VendorSide)
const VendorPage = later(async () => (await import('./VendorPage.tsx')).VendorPage)

/** The page: this browser on the left of the line, the scoring server on its right. */
export function Page() {
  const words = useWords().page
  const [address, chooseModel] = useAddress()
  const obstacle = keyObstacle()
  const [keyPanel, setKeyPanel] = useState(false)
  const openKeyPanel = useCallback(() => setKeyPanel(true), [])
  const extras = use(PageExtrasContext)
  const numbers = useSessionState((state) => state.numbers)
  const analyst = address.page === null && !obstacle
  useTabSigns()
  useNetwork()
  return (
    <div className={styles.page}>
      <PageHeader page={address.page} onOpenKey={analyst ? openKeyPanel : null} />
      <Suspense>{keyPanel && analyst && <KeyPanel onClose={() => setKeyPanel(false)} />}</Suspense>
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
        ) : address.page === 'outcomes' ? (
          <Suspense fallback={<p role="status">{words.loading}</p>}>
            <OutcomesPage address={address} />
          </Suspense>
        ) : obstacle ? (
          <Suspense>
            <InsecureContext obstacle={obstacle} />
          </Suspense>
        ) : (
          <KeyPanelContext value={openKeyPanel}>
            <Steps address={address} onChooseModel={chooseModel} />
          </KeyPanelContext>
        )}
      </main>
      {address.page === 'vendor' && extras === null ? <ThereOnceServed /> : <There address={address} />}
      <div className={styles.foot}>
        <Suspense>
          <PageFooter />
        </Suspense>
      </div>
      {analyst && (
        <KeyPanelContext value={openKeyPanel}>
          <Bar onChooseModel={chooseModel} />
        </KeyPanelContext>
      )}
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
  const session = useSession()
  const resumable = useSessionState((state) => state.resumableRun !== null)
  const sealed = useSessionState((state) => state.sealed)
  const handed = useSessionState((state) => state.handed)
  const before = useSessionState((state) => state.scoredBefore)
  const offered = useSessionState((state) => state.offered)
  const stores = useSessionState(({ limits, handOvers }) => limits.runs !== undefined || handOvers !== null)
  const earlier = useSessionState((state) => earlierResults(state).length > 0)
  const choose = useFits(address, onChooseModel)
  useEffect(() => void session.resumable.look(), [session])
  // Nothing is matched to a model that nobody chose.
  const asked = useSessionState(modelAsked)
  return (
    <>
      <Suspense>{address.side && <ExchangeGuide side={address.side} />}</Suspense>
      <Suspense>{resumable && <ResumableRun />}</Suspense>
      <Suspense>{stores && <HandedOver />}</Suspense>
      <Suspense>{earlier && <EarlierResults onChooseModel={onChooseModel} />}</Suspense>
      <ModelStep address={address} onChoose={choose} />
      <RecordsStep address={address} />
      <Suspense>{handed && <HandedFile handed={handed} />}</Suspense>
      {!asked && <MatchStep />}
      {!asked && <CheckStep />}
      <RunStep />
      <Suspense>{before && <ScoredBefore before={before} />}</Suspense>
      <Suspense>{offered && <OfferedVersion offered={offered} />}</Suspense>
      <ScoresStep />
      <Suspense>{sealed.status !== 'none' && <SealedScores sealed={sealed} />}</Suspense>
      <CodeStep />
      <KeyStep />
    </>
  )
}

/** The right of the line while a vendor looks at a model: no server takes part in that. */
function ThereOnceServed() {
  const { vendorSide: words } = useWords()
  return (
    <aside className={styles.there} aria-label={words.title}>
      <div className={styles.thereInner}>
        <div className={styles.thereHeader}>
          <p className={styles.side} data-side="there">
            {words.title}
          </p>
        </div>
        <Suspense>
          <VendorSide />
        </Suspense>
      </div>
    </aside>
  )
}

/** The right of the line. */
function There({ address: { page, study } }: { readonly address: Address }) {
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
          <ServerSide
            views={
              page === 'outcomes' && (
                <Suspense>
                  <OutcomesSide study={study} />
                </Suspense>
              )
            }
          />
        </div>
      </div>
    </aside>
  )
}
