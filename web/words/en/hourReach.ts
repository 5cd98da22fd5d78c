import { numbers } from './numbers.ts'

/** How far the server's hour reaches for the next run. */
export const hourReach = {
  /** `hours`: of the server's, for the rest; null where no hour has room for any of it. */
  now: (now: number, rest: number, hours: number | null, at: Date) => {
    const first =
      now > 0
        ? `The server scores ${numbers.integer(now)} of them now, the rest (${numbers.integer(rest)})`
        : 'What the server lets you have in an hour is used up: it scores them'
    if (hours === null) return 'One request of this run takes more than the server lets you have in an hour.'
    if (hours === 1) return `${first} at ${numbers.clock(at)}.`
    return `${first} in ${numbers.integer(hours)} parts, an hour apart, from ${numbers.clock(at)} on.`
  },
  waits: 'The run waits by itself and then goes on; what was scored stays. Leave this tab open.',
}
