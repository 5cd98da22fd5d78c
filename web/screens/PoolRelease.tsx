import { openPool } from '../pool/pool.ts'
import { Digest } from '../ui/Digest.tsx'
import { Step } from '../ui/Step.tsx'
import outcomes from './Outcomes.module.css'
import { SignRelease } from './PoolReleases.tsx'
import { usePoolWords } from './usePoolWords.ts'

/** For an owner whom a study leaves out that it was in before: its signature for the others, where it wants to give one. */
export function PoolRelease({ study }: { readonly study: string }) {
  const { release: words } = usePoolWords()
  const sign = async (): Promise<string> => {
    const worker = openPool()
    try {
      return await worker.call((remote) => remote.release(study))
    } finally {
      worker.end()
    }
  }
  return (
    <Step title={words.leaver} aside={<Digest hex={study} />}>
      <div className={outcomes.panel}>
        <p className={outcomes.about}>{words.about}</p>
        <p className={outcomes.about}>{words.leaverAbout}</p>
        <SignRelease sign={sign} />
      </div>
    </Step>
  )
}
