import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { RunControl } from '../control.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const open = () => new AbortController().signal

it('lets stages pass until it is paused, and again when it is resumed', async () => {
  const control = new RunControl()
  await control.pass(open())
  control.pause()
  control.pause()
  let passed = 0
  const waiting = [1, 2].map(() => control.pass(open()).then(() => passed++))
  await turn()
  expect([passed, control.paused]).toEqual([0, true])
  control.resume()
  await Promise.all(waiting)
  expect([passed, control.paused]).toEqual([2, false])
})

it('holds who was let go but meets the next pause', async () => {
  const control = new RunControl()
  control.pause()
  let passed = false
  const waiting = control.pass(open()).then(() => {
    passed = true
  })
  control.resume()
  control.pause()
  await turn()
  expect(passed).toBe(false)
  control.resume()
  await waiting
})

it('rejects with run/cancelled, paused or not', async () => {
  const control = new RunControl()
  const controller = new AbortController()
  control.pause()
  const waiting = control.pass(controller.signal)
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'run/cancelled' })
  control.resume()
  await expect(control.pass(controller.signal)).rejects.toMatchObject({ code: 'run/cancelled' })
})

it('leaves nothing behind on the signal of a wait that is over', async () => {
  const { signal } = new AbortController()
  const control = new RunControl()
  for (let i = 0; i < 20; i++) {
    control.pause()
    const waiting = control.pass(signal)
    control.resume()
    await waiting
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})
