import { useMemo } from 'react'
import type { PoolingState } from '../session/pooling.ts'
import type { InvitedTo } from '../session/poolPlace.ts'
import { poolConsents, textToConsentTo } from '../words/pool.ts'
import { useLanguageId } from './useWords.ts'

interface Asked {
  readonly invited: InvitedTo
  /** Where the messages lie. */
  readonly place: string
  readonly ready: NonNullable<PoolingState['ready']>
  readonly roster: NonNullable<PoolingState['roster']>
}

/** What this owner is asked to consent to, in the page's language. */
export function usePoolConsent({ invited: { study }, place, ready, roster }: Asked) {
  const language = useLanguageId()
  return useMemo(() => {
    const { title, sectionsOf } = poolConsents[language]
    const { own, ...who } = roster
    const sections = sectionsOf({ ...ready, ...own, ...who, study, digest: ready.study, place })
    return { sections, text: textToConsentTo(title, sections) }
  }, [language, study, place, ready, roster])
}
