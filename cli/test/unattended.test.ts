import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { unattended, waitsOf } from '../unattended.ts'

/** What is waited for where nobody sits who could mend it. */

const offline = new BlindscoreError('run/offline', 'offline')
const minute = 60_000

beforeEach(() => vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('an outage is waited for once something was answered, anew after each answer or wait, and for its minutes', () => {
  let answered = 0
  const said: string[] = []
  const { onOutage, onWait } = waitsOf(
    () => answered,
    600,
    30,
    (text) => said.push(text),
  )
  // Nothing was paid for.
  expect(onOutage(offline, null)).toBeUndefined()
  expect(said).toEqual([])
  answered = 7
  // However long each try takes.
  for (let at = 0; at < 30; at += 6, vi.advanceTimersByTime(6 * minute)) expect(onOutage(offline, null)).toBe(10_000)
  expect(onOutage(offline, null)).toBeNull()
  expect(said).toEqual([
    'The server does not answer (run/offline): waiting for it. 7 of 600 records were answered, and are kept.',
  ])
  answered = 8
  expect(onOutage(offline, Date.now() + 3 * minute)).toBe(3 * minute)
  expect(said).toHaveLength(2)
  vi.advanceTimersByTime(40 * minute)
  onWait(new Date())
  expect(onOutage(offline, null)).toBe(10_000)
  expect(said).toHaveLength(4)
})

test('of no minutes it ends the run at once, and nobody is told that it waits', () => {
  const said: string[] = []
  const { onOutage } = waitsOf(
    () => 5,
    600,
    0,
    (text) => said.push(text),
  )
  expect(onOutage(offline, null)).toBeNull()
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
