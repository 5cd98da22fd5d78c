import type { HourReach as Reach } from '../session/state.ts'
import { useLaterWords } from './useLaterWords.ts'

/** How far the server's hour reaches for the run that is about to begin. */
export function HourReach({ reach: { now, rest, perHour, at } }: { readonly reach: Reach }) {
  const words = useLaterWords().hourReach
  const hours = perHour > 0 ? Math.ceil(rest / perHour) : null
  return (
    <p role="note">
      <span>{words.now(now, rest, hours, new Date(at))}</span> {hours !== null && <span>{words.waits}</span>}
    </p>
  )
}
