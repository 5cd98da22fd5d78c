import { useEffect } from 'react'
import { parameterSets } from '../../core/protocol/schemes.ts'
import { useSession } from '../screens/useSession.ts'
import type { SessionState } from '../session/state.ts'

/** The address after "#" reproduces what is on show: the model, the sample and the size of the key, never data or keys. */
export function useStateInAddress(): void {
  const session = useSession()
  useEffect(() => {
    const wanted = new URLSearchParams(location.hash.slice(1)).get('key')
    if (parameterSets.some(({ id }) => id === wanted) && wanted !== null) void session.key.chooseSet(wanted)
    return session.store.subscribe(write)
  }, [session])
}

function write({ card, file, origin, keySet }: SessionState): void {
  const next = new URLSearchParams(location.hash.slice(1))
  // Another page than the analyst's has an address of its own.
  if (card === null || next.has('page')) return
  const before = next.toString()
  next.set('model', card.id)
  if (file && origin === 'sample') next.set('sample', file.name.replace(/\.csv$/, ''))
  else if (file) next.delete('sample')
  next.set('key', keySet)
  if (next.toString() !== before) history.replaceState(null, '', `#${next}`)
}
