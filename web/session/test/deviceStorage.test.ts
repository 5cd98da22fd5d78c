import { describe, expect, it, vi } from 'vitest'
import { storagePromise } from '../deviceStorage.ts'

const folder = async () => ({}) as FileSystemDirectoryHandle

describe('what a browser promises of storage', () => {
  it.each([
    [true, 'kept'],
    [false, 'evictable'],
  ] as const)('is its own answer when it is asked to keep it: %s', async (answer, promise) => {
    const persist = vi.fn(async () => answer)
    expect(await storagePromise(true, { persist, persisted: async () => !answer, getDirectory: folder })).toBe(promise)
    expect(persist).toHaveBeenCalledOnce()
  })

  it('is looked up without a question where nobody is to be asked', async () => {
    const persist = vi.fn(async () => true)
    expect(await storagePromise(false, { persist, persisted: async () => false, getDirectory: folder })).toBe(
      'evictable',
    )
    expect(persist).not.toHaveBeenCalled()
  })

  it('ends with a private window, and nobody is asked there', async () => {
    const persist = vi.fn(async () => true)
    const getDirectory = () => Promise.reject(new DOMException('', 'SecurityError'))
    expect(await storagePromise(true, { persist, getDirectory })).toBe('until-closed')
    expect(persist).not.toHaveBeenCalled()
  })

  it('is none where it fails or where there is nobody to ask', async () => {
    expect(await storagePromise(true, { persist: () => Promise.reject(new Error()) })).toBe('evictable')
    expect(await storagePromise(true, null)).toBe('evictable')
  })
})
