import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { addressWith } from './address.ts'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { Problem } from './Problem.tsx'
import { usePoolWords } from './usePoolWords.ts'
import { useTask } from './useTask.ts'

interface PoolReleasesProps {
  /** The digest of the study that is begun. */
  readonly study: string
  /** What was brought of others, as texts. */
  readonly releases: readonly string[]
  readonly onChange: (releases: readonly string[]) => void
  readonly sign: () => Promise<string>
}

/** For a study whose owners differ by one or two from an earlier one of the same rows: what these signed. */
export function PoolReleases({ study, releases, onChange, sign }: PoolReleasesProps) {
  const { release: words } = usePoolWords()
  const address = addressWith({ page: 'outcomes', release: study })
  const add = async (files: readonly File[]): Promise<void> => {
    const texts = await Promise.all(files.map((file) => file.text()))
    onChange([...new Set([...releases, ...texts])])
  }
  return (
    <Disclosure title={words.title}>
      <div className={outcomes.panel}>
        <p className={outcomes.about}>{words.about}</p>
        <p className={outcomes.about}>{words.left}</p>
        <ul className={styles.list}>
          <li>
            <code translate="no" className={styles.address}>
              {address}
            </code>
            <CopyButton quiet text={() => address} copy={words.copy} copied={words.copied} label={words.copyLabel} />
          </li>
        </ul>
        <p className={outcomes.about}>{words.came}</p>
        <SignRelease sign={sign} />
        <div className={outcomes.fields}>
          <FileButton label={words.bring} accept=".json" several onFile={(_, all) => void add(all)} />
          <p role="status">{releases.length > 0 ? words.brought(releases.length) : null}</p>
        </div>
      </div>
    </Disclosure>
  )
}

/** An owner's signature that the others can compute its totals, as a file for them. */
export function SignRelease({ sign }: { readonly sign: () => Promise<string> }) {
  const { release: words } = usePoolWords()
  const signing = useTask(async () => {
    saveFile(new Blob([`${await sign()}\n`], { type: 'application/json' }), 'release.json')
  })
  return (
    <>
      <div>
        <Button onPress={signing.run} pending={signing.pending}>
          {words.sign}
        </Button>
      </div>
      {signing.error !== null && <Problem error={signing.error} />}
    </>
  )
}
