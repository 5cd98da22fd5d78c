import { expect, test } from 'vitest'
import { synced } from '../sealed/durable.ts'

/** What waits for the disk keeps a thread for files waiting as well, of which there are four for everybody. */

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('two wait for the disk at a time, and who has one file to write does not wait for all of another’s', async () => {
  const order: string[] = []
  const ends: (() => void)[] = []
  const write = (whose: string) =>
    synced(whose, {
      sync: () => {
        order.push(whose)
        return new Promise<void>((resolve) => ends.push(resolve))
      },
    })
  const flood = Array.from({ length: 40 }, () => write('flood'))
  await settle()
  expect(order).toEqual(['flood', 'flood'])
  const own = write('own')
  for (const end of ends.splice(0)) {
    end()
    await settle()
  }
  expect(order).toContain('own')
  let isWritten = false
  const written = Promise.all([...flood, own]).then(() => {
    isWritten = true
  })
  while (!isWritten) {
    expect(ends.length).toBeLessThanOrEqual(2)
    for (const end of ends.splice(0)) end()
    await settle()
  }
  await written
  expect(order).toHaveLength(41)
})
