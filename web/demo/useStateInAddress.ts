import { useEffect } from 'react'
import { schemeChoices } from '../../client/schemeChoice.ts'
import { parameterSets } from '../../core/protocol/schemes.ts'
import { useSession } from '../screens/useSession.ts'
import type { SessionState } from '../session/state.ts'

/**
 * The address after "#" reproduces what is on show: the model, the sample, and the options: the size of the key and the scheme.
 * Never data or keys.
 */
export function useStateInAddress(): void {
  const session = useSession()
  useEffect(() => {
    const found = new URLSearchParams(location.hash.slice(1))
    const wanted = parameterSets.find(({ id }) => id === found.get('key'))
    if (wanted) void session.key.chooseSet(wanted.id)
    const scheme = schemeChoices.find((each) => each === found.get('scheme'))
    if (scheme) session.scheme.choose(scheme)
    return session.store.subscribe(write)
  }, [session])
}

function write({ card, file, origin, keySet, scheme }: SessionState): void {
  const before = new URLSearchParams(location.hash.slice(1))
  // Another page than the analyst's has an address of its own.
  if (card === null || before.has('page')) return
  const sample = file && origin === 'sample' ? file.name.replace(/\.csv$/, '') : file ? null : before.get('sample')
  const next = new URLSearchParams({ model: card.id, ...(sample !== null && { sample }), key: keySet, scheme })
  // What is said besides stays.
  for (const [name, value] of before) if (!['model', 'sample', 'key', 'scheme'].includes(name)) next.append(name, value)
  if (next.toString() !== before.toString()) history.replaceState(null, '', `#${next}`)
}
