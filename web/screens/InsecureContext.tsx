import type { keyObstacle } from '../session/key.ts'
import { Alert } from '../ui/Alert.tsx'
import styles from './InsecureContext.module.css'

/** Without a secure context the browser has no WebCrypto, so nothing can be sealed: says why, and the ways out. */
export function InsecureContext({ obstacle }: { readonly obstacle: NonNullable<ReturnType<typeof keyObstacle>> }) {
  if (obstacle === 'no-workers') {
    return (
      <section className={styles.notice} aria-label="This page cannot make a key here">
        <Alert
          code="platform/worker-refused"
          message="This browser has no workers, so this page cannot seal records here."
          next="Open the page in a current version of Chrome, Edge, Firefox or Safari."
        />
      </section>
    )
  }
  const { hostname, port, pathname, hash } = location
  const served = port || '80'
  // A tunnel's end below 1024 would need an administrator.
  const local = Number(served) < 1024 ? '8787' : served
  return (
    <section className={styles.notice} aria-label="This page cannot make a key here">
      <Alert
        code="platform/insecure-context"
        message={`This page cannot make a key here, because it was opened over plain http from ${hostname}.`}
        next="Browsers give cryptography only to pages that come over https or from the machine they run on. Open this page in one of these ways instead."
      />
      <dl className={styles.ways}>
        <dt>On the machine that runs the server</dt>
        <dd>
          Open <code>{`http://localhost:${served}${pathname}${hash}`}</code>
        </dd>
        <dt>From this machine, through SSH</dt>
        <dd>
          Run <code>{`ssh -N -L ${local}:localhost:${served} ${hostname}`}</code> and open{' '}
          <code>{`http://localhost:${local}${pathname}${hash}`}</code>
        </dd>
        <dt>For everyone</dt>
        <dd>
          Ask whoever runs the server to put it behind https, and open its <code>https://</code> address.
        </dd>
      </dl>
    </section>
  )
}
