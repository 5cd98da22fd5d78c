import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Preview } from '../../reader/inspect.ts'
import { lookedAt, type ScoredFile } from '../session/validating.ts'
import { Select } from '../ui/Select.tsx'
import styles from './Outcomes.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useSession, useSessionState } from './useSession.ts'
import { ValidationPanel } from './ValidationPanel.tsx'

/** A file that has scores: one that this page saved, or any other. */
export function ValidateFile({ preview }: { readonly preview: Preview }) {
  const { validate: words } = useOutcomeWords()
  const session = useSession()
  const file = useSessionState((state) => state.file)
  const { header } = preview
  const [score, setScore] = useState(() => header.findIndex(isScore))
  const vendor = useVendor(preview)
  const scored = useMemo((): ScoredFile | null => {
    const looked = { ...session.state, file, preview }
    const it = lookedAt(looked)
    if (!it || !file || score < 0) return null
    return { file: it, name: file.name, score, scoreName: header[score] ?? '', threshold: null }
  }, [session, file, preview, header, score])
  const others = useMemo(() => header.flatMap((_, i) => (i === score ? [] : [i])), [header, score])
  return (
    <div className={styles.panel}>
      <p className={styles.about}>{words.about}</p>
      <p className={styles.about}>{words.anyFile}</p>
      <Select
        label={words.score}
        value={score < 0 ? '' : String(score)}
        options={[
          ...(score < 0 ? [{ value: '', text: words.choose }] : []),
          ...header.map((text, i) => ({ value: String(i), text, isData: true })),
        ]}
        onChange={(value) => value !== '' && setScore(Number(value))}
      />
      {scored && <ValidationPanel scored={scored} columns={others} vendor={vendor} />}
    </div>
  )
}

/** The names of scores, in files that this page or others wrote. */
const isScore = (name: string): boolean => /^(score(\.\w+)?|probability|prediction|predicted)$/i.test(name.trim())

/** Of a file that says which model scored it: what its vendor says, where the server has that very version. */
function useVendor({ header, rows }: Preview): ValidationVendor {
  const session = useSession()
  const said = rows[0]?.[header.indexOf('scored_by')]?.trim() ?? ''
  const [id = '', version = ''] = said.split(' ')
  const { data } = useQuery({
    queryKey: ['claim', id, version],
    queryFn: async ({ signal }) => {
      const card = await session.server.card(id, signal)
      return card.version === version ? { claim: card.quality ?? null, model: `${card.title} ${version}` } : null
    },
    enabled: version !== '',
    retry: false,
  })
  return useMemo(() => data ?? { claim: null, model: said === '' ? null : said }, [data, said])
}

type ValidationVendor = Parameters<typeof ValidationPanel>[0]['vendor']
