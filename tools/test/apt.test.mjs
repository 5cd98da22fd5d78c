import { expect, test } from 'vitest'
import { packageManager } from '../apt.mjs'

/** An apt-get that finds the lock taken so many times. */
function busy(times, failure = 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt-get)') {
  const ran = []
  let left = times
  const spawn = (command, args) => {
    ran.push([command, ...args].filter((word) => /^(apt-get|update|install|chromium|sudo)$/.test(word)).join(' '))
    if (args.includes('--version') || args.includes('true')) return { status: 0 }
    if (left-- > 0) return { status: 100, stderr: failure }
    return { status: 0, stderr: '' }
  }
  return { spawn, ran }
}

const never = async () => false

test('a package manager that is busy is waited for, and that is said once', async () => {
  const said = []
  const waits = []
  const { spawn, ran } = busy(3)
  const wait = async (ms) => void waits.push(ms)
  await packageManager((line) => said.push(line), { spawn, wait, isRoot: true })?.install(['chromium'], never)
  expect(ran.slice(1)).toEqual([...Array(4).fill('apt-get update'), 'apt-get install chromium'])
  expect(waits).toHaveLength(3)
  expect(said).toEqual(['waiting for another package manager to be done'])
})

test('what another copy has installed meanwhile is not installed again', async () => {
  let there = false
  const { spawn, ran } = busy(100)
  const wait = async () => {
    there = true
  }
  await packageManager(() => {}, { spawn, wait, isRoot: true })?.install(['chromium'], async () => there)
  expect(ran.filter((line) => line.includes('install'))).toEqual([])
})

test('any other failure is not waited for, nor is a lock for ever', async () => {
  const waits = []
  const wait = async (ms) => void waits.push(ms)
  const other = busy(1, 'E: Unable to locate package chromium')
  await packageManager(() => {}, { spawn: other.spawn, wait, isRoot: true })?.install(['chromium'], never)
  expect(waits).toEqual([])
  const ever = busy(Number.POSITIVE_INFINITY)
  await packageManager(() => {}, { spawn: ever.spawn, wait, isRoot: true })?.install(['chromium'], never)
  expect(waits.length).toBeGreaterThan(400)
  expect(waits.length).toBeLessThan(1000)
})

test('without root it takes sudo where that asks for nothing, and else there is none', () => {
  const denied = (command) => ({ status: command === 'sudo' ? 1 : 0 })
  expect(packageManager(() => {}, { spawn: denied, isRoot: false })).toBeNull()
  expect(packageManager(() => {}, { spawn: () => ({ status: 0 }), isRoot: false })).not.toBeNull()
  expect(packageManager(() => {}, { spawn: () => ({ status: null }), isRoot: true })).toBeNull()
})
