import { useQueryClient } from '@tanstack/react-query'
import type { Card } from '../../core/card/card.ts'
import { versionNames } from '../session/versionNames.ts'
import { useSessionState } from './useSession.ts'

/** The version of the present model that something began with, where the page shows another: what both are called, and how to show that one. */
export function useOtherVersion(of: Card | undefined) {
  const queries = useQueryClient()
  const here = useSessionState((state) => state.card)
  if (!of || here?.id !== of.id || here.hash === of.hash) return null
  return {
    names: { model: of.title, ...versionNames(here, of) },
    show: () => queries.setQueryData(['card', of.id], of),
  }
}
