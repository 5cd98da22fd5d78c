import type { keyObstacle } from '../session/key.ts'
import { Alert } from '../ui/Alert.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import styles from './InsecureContext.module.css'
import { CopyDetails } from './Problem.tsx'
import { useLaterWords } from './useLaterWords.ts'

/** Without a secure context the browser has no WebCrypto, so nothing can be sealed: says why, and the ways out. */
export function InsecureContext({ obstacle }: { readonly obstacle: NonNullable<ReturnType<typeof keyObstacle>> }) {
  const words = useLaterWords().insecureContext
  if (obstacle === 'no-workers') {
    return (
      <section className={styles.notice} aria-label={words.title}>
        <Alert
          code="platform/worker-refused"
          {...words.noWorkers}
          details={<CopyDetails code="platform/worker-refused" sentence={words.noWorkers.message} />}
        />
      </section>
    )
  }
  const { message, next } = words.plainHttp
  const sentence = message(location.hostname)
  return (
    <section className={styles.notice} aria-label={words.title}>
      <Alert
        code="platform/insecure-context"
        message={sentence}
        next={next}
        details={<CopyDetails code="platform/insecure-context" sentence={sentence} />}
      />
      <WaysOut />
    </section>
  )
}

/** How this page can be opened in a secure context instead. */
function WaysOut() {
  const words = useLaterWords().insecureContext
  const { hostname, port, pathname, hash } = location
  const served = port || '80'
  // A tunnel's end below 1024 would need an administrator.
  const local = Number(served) < 1024 ? '8787' : served
  const addressAt = (at: string): string => `http://localhost:${at}${pathname}${hash}`
  const elements = { code: (text: string) => <code translate="no">{text}</code> }
  return (
    <dl className={styles.ways}>
      <dt>{words.onTheMachine}</dt>
      <dd>
        <PartsText parts={words.open(addressAt(served))} elements={elements} />
      </dd>
      <dt>{words.throughSsh}</dt>
      <dd>
        <PartsText
          parts={words.tunnel(`ssh -N -L ${local}:localhost:${served} ${hostname}`, addressAt(local))}
          elements={elements}
        />
      </dd>
      <dt>{words.forEveryone}</dt>
      <dd>
        <PartsText parts={words.https('https://')} elements={elements} />
      </dd>
    </dl>
  )
}
