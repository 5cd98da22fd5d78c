import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { unmatched } from '../../reader/matching.ts'
import { onlyFit } from '../session/fits.ts'
import type { Address } from './address.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/**
 * Looks which models the columns of a person's own file fit: where nobody has chosen a model, and where the chosen one lacks
 * columns. The only one that fits as a whole is taken by itself, unless the person has named one. Gives what names a model for
 * the person.
 */
export function useFits(address: Address, onChoose: (model: string) => void): (model: string) => void {
  const session = useSession()
  const busy = useBusy()
  const list = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => session.server.models(signal) })
  const own = useSessionState(({ origin, preview }) => (origin === 'own' ? preview : null))
  const lacks = useSessionState(
    ({ card, matches, repairs }) => card !== null && unmatched(card, matches, repairs).length > 0,
  )
  const fits = useSessionState((state) => state.fits)
  /** The model that was taken by itself: the address names it, and nobody did. */
  const taken = useRef<string | null>(null)
  const said = address.model !== null && address.model !== taken.current
  const models = list.data?.models
  useEffect(() => session.sayModel(said), [session, said])
  useEffect(() => {
    if (own && models && models.length > 1 && (!said || lacks)) void session.fits.look(models)
  }, [session, own, models, said, lacks])
  const take = useEffectEvent(() => {
    const { state } = session
    const fit = onlyFit(state)
    if (busy || said || !fit || state.origin !== 'own' || fit.id === state.card?.id) return
    taken.current = fit.id
    onChoose(fit.id)
  })
  useEffect(() => {
    if (fits) take()
  }, [fits])
  return (model) => {
    // Also where it is the one that was taken: from now on somebody has named it.
    taken.current = null
    onChoose(model)
  }
}
