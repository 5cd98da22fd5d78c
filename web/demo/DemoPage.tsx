import type { PageServer } from '../loopback/pageServer.ts'
import { PageExtrasContext } from '../screens/extras.ts'
import { Page } from '../screens/Page.tsx'
import { useWords } from '../screens/useWords.ts'
import { DemoHead } from './DemoHead.tsx'
import { ServedModel } from './ServedModel.tsx'
import { useStateInAddress } from './useStateInAddress.ts'

/** The page with the vendor's side in it. */
export function DemoPage({ server }: { readonly server: PageServer }) {
  const words = useWords().demo
  useStateInAddress()
  const extras = {
    head: <DemoHead />,
    beside: <ServedModel server={server} />,
    serverName: words.serverName,
    weights: words.weights,
  }
  return (
    <PageExtrasContext value={extras}>
      <Page />
    </PageExtrasContext>
  )
}
