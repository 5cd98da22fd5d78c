import { useQuery } from '@tanstack/react-query'
import { openPool } from '../pool/pool.ts'
import { Data } from '../ui/Data.tsx'
import { Digest } from '../ui/Digest.tsx'
import { Step } from '../ui/Step.tsx'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { SignRelease } from './PoolReleases.tsx'
import { Problem } from './Problem.tsx'
import { usePoolWords } from './usePoolWords.ts'

/** For an owner whom a study leaves out that it was in before: its signature for the others, where it wants to give one. */
export function PoolRelease({ study }: { readonly study: string }) {
  const { release: words } = usePoolWords()
  const isWhole = /^[0-9a-f]{64}$/.test(study)
  return (
    <Step title={words.leaver} aside={isWhole && <Digest hex={study} />}>
      <div className={outcomes.panel}>
        <p className={outcomes.about}>{words.about}</p>
        {isWhole ? <Leaver study={study} /> : <p role="alert">{words.notWhole}</p>}
      </div>
    </Step>
  )
}

/** Only the browser that took part has the key by which the others know this owner. */
function Leaver({ study }: { readonly study: string }) {
  const { release: words } = usePoolWords()
  const { data: titles, error } = useQuery({
    queryKey: ['joined'],
    queryFn: () => withPool((pool) => pool.call((worker) => worker.joined())),
    retry: false,
    gcTime: 0,
  })
  if (error) return <Problem error={error} />
  if (titles === undefined) return null
  if (titles.length === 0) return <p role="alert">{words.notHere}</p>
  return (
    <>
      <p>{words.joined}</p>
      <ul className={styles.list}>
        {titles.map((title, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: studies of one title are told apart by their place
          <li key={i}>
            <Data>{title}</Data>
          </li>
        ))}
      </ul>
      <p className={outcomes.about}>{words.leaverAbout}</p>
      <SignRelease sign={() => withPool((pool) => pool.call((worker) => worker.release(study)))} />
    </>
  )
}

async function withPool<T>(work: (pool: ReturnType<typeof openPool>) => Promise<T>): Promise<T> {
  const pool = openPool()
  try {
    return await work(pool)
  } finally {
    pool.end()
  }
}
