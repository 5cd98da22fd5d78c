import { useQuery } from '@tanstack/react-query'
import { Suspense, use } from 'react'
import { Disclosure } from '../ui/Disclosure.tsx'
import { builtIn, isSingleFile } from './builtIn.ts'
import { Colours } from './Colours.tsx'
import { Crossing } from './Crossing.tsx'
import { PageExtrasContext } from './extras.ts'
import { later } from './later.tsx'
import styles from './PageFooter.module.css'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

const Vendor = later(async () => (await import('./Vendor.tsx')).Vendor)

/** Who runs this, which version, where its source is, how it works, and what the server can see. */
export function PageFooter() {
  const { footer: words, server: seen } = useWords()
  const extras = use(PageExtrasContext)
  return (
    <footer className={styles.footer}>
      <Whose />
      <Disclosure title={words.how}>
        <div className={styles.how}>
          {!extras && <Crossing />}
          <ol className={styles.steps}>
            {words.steps.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ol>
          <dl className={styles.seen}>
            <dt>{seen.sees}</dt>
            <dd>{seen.seen}</dd>
            <dt>{seen.neverSees}</dt>
            <dd>{seen.unseen}</dd>
          </dl>
        </div>
      </Disclosure>
      <Colours />
    </footer>
  )
}

function Whose() {
  const words = useWords().footer
  const extras = use(PageExtrasContext)
  const { server } = useSession()
  const list = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => server.models(signal) })
  const vendor = list.data?.vendor
  const version = builtIn('version')
  const source = builtIn('source')
  const { host } = new URL(server.url)
  return (
    <>
      {vendor !== undefined && (
        <Suspense>
          <Vendor said={vendor} />
        </Suspense>
      )}
      <ul className={styles.facts}>
        {!extras && <li>{words.page(location.host)}</li>}
        {!extras && host !== location.host && <li>{words.server(host)}</li>}
        {version && <li>{words.version(version)}</li>}
        {source && (
          <li>
            <a href={source}>{words.source}</a>
          </li>
        )}
        {!isSingleFile() && (
          <li>
            <a href="./licences.txt">{words.notices}</a>
          </li>
        )}
      </ul>
    </>
  )
}
