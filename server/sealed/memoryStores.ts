import type { KeptEntry, Stores } from './ports.ts'

/** Stores that are gone with the process. */
export function storesInMemory(): Stores {
  const kept = new Map<string, Uint8Array>()
  const entries = new Map<string, KeptEntry>()
  return {
    objects: {
      put: async (name, bytes) => void kept.set(name, bytes),
      async putNew(name, bytes) {
        if (kept.has(name)) return false
        kept.set(name, bytes)
        return true
      },
      get: async (name) => kept.get(name) ?? null,
      list: async (prefix) => [...kept.keys()].filter((name) => name.startsWith(prefix)),
      delete: async (name) => void kept.delete(name),
    },
    keys: {
      get: async (name) => entries.get(name) ?? null,
      has: async (name) => entries.has(name),
      async put(name, bytes, was) {
        if ((entries.get(name)?.revision ?? null) !== was) return false
        entries.set(name, { bytes, revision: (was ?? 0) + 1 })
        return true
      },
      delete: async (name) => void entries.delete(name),
      list: async () => [...entries.keys()],
    },
  }
}
