import { expect, test } from 'vitest'
import { RunSlice } from '../run.ts'
import type { SessionState } from '../state.ts'
import { makeStore } from '../store.ts'

/** A page whose run is under way, with a server at that address. */
function underWay(url: string) {
  const store = makeStore()
  const run = new RunSlice(store, {} as never, { server: { url } } as never)
  const is = { status: 'running', progress: null, stuck: null, wait: null, again: null, resumable: false } as const
  store.setState({ run: is })
  const now = () => store.getState().run as Extract<SessionState['run'], { progress: unknown }>
  return { run, now }
}

test('a device that loses its network pauses its run at once, and goes on with it by itself', () => {
  const { run, now } = underWay('https://scores.example')
  run.networkGone()
  expect(now()).toMatchObject({ status: 'paused', stuck: { code: 'run/offline' } })
  run.networkBack()
  expect(now()).toMatchObject({ status: 'running', stuck: null })
})

test('a run that the person paused waits for the person', () => {
  const { run, now } = underWay('https://scores.example')
  run.pause()
  run.networkGone()
  run.networkBack()
  expect(now()).toMatchObject({ status: 'paused', stuck: null })
})

test('a server on this machine needs no network', () => {
  for (const url of ['http://127.0.0.1:8787', 'http://localhost:1', 'http://[::1]:80']) {
    const { run, now } = underWay(url)
    run.networkGone()
    expect(now().status).toBe('running')
  }
})
