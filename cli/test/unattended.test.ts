import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { outagesOf, unattended } from '../unattended.ts'

/** What is waited for where nobody sits who could mend it. */

const offline = new BlindscoreError('run/offline', 'offline')
const minute = 60_000

beforeEach(() => vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('an outage is waited for once something was answered, anew after each answer, and for its minutes', () => {
  let answered = 0
  const said: string[] = []
  const outage = outagesOf(
    () => answered,
    600,
    30,
    (text) => said.push(text),
  )
  // Nothing was paid for.
  expect(outage(offline)).toBeNull()
  expect(said).toEqual([])
  answered = 7
  for (let at = 0; at < 30; at++, vi.advanceTimersByTime(minute)) expect(outage(offline)).toBeGreaterThan(0)
  expect(outage(offline)).toBeNull()
  expect(said).toEqual([
    'The server does not answer (run/offline): waiting for it. 7 of 600 records were answered, and are kept.',
  ])
  answered = 8
  expect(outage(offline)).toBeGreaterThan(0)
  expect(said).toHaveLength(2)
  // Another one, with a wait between them.
  vi.advanceTimersByTime(40 * minute)
  expect(outage(offline)).toBeGreaterThan(0)
})

test('of no minutes it ends the run at once, and nobody is told that it waits', () => {
  const said: string[] = []
  expect(
    outagesOf(
      () => 5,
      600,
      0,
      (text) => said.push(text),
    )(offline),
  ).toBeNull()
  expect(said).toEqual([])
})

test.each([
  ['goes on when the outage was waited for', 'run/offline', (): number | null => 10_000, true],
  ['ends where it is not waited for', 'run/offline', (): number | null => null, false],
  ['waits no longer for it, whatever the server says', 'server/store-gone', (): number | null => null, false],
  ['ends where nobody is asked', 'run/offline', undefined, false],
  ['ends at what no time mends', 'access/expired', (): number | null => 10_000, false],
] as const)('a run that is stuck %s', async (_, code, onOutage, goesOn) => {
  const work = unattended(
    async ({ control, onStuck }, signal): Promise<string> => {
      control.pause()
      onStuck(new BlindscoreError(code, 'any'), code === 'server/store-gone' ? Date.now() + 5000 : null)
      await control.pass(signal)
      return 'done'
    },
    { ...(onOutage && { onOutage }) },
  )
  const ended = work.then(
    (done) => done,
    (thrown: unknown) => (thrown as BlindscoreError).code,
  )
  await vi.advanceTimersByTimeAsync(9999)
  const early = await Promise.race([ended, Promise.resolve('waits')])
  expect(early).toBe(goesOn ? 'waits' : code)
  await vi.advanceTimersByTimeAsync(1)
  expect(await ended).toBe(goesOn ? 'done' : code)
})
