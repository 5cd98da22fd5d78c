import './setup.ts'
import { afterEach, expect, test, vi } from 'vitest'

/** Which module is loaded where multiply-adds do not round once. */

afterEach(() => vi.unstubAllGlobals())

/** The loader on a platform where the first so many modules that are tried find products that are rounded by themselves. */
async function loadedAfter(unfused: number): Promise<string | null> {
  const { Memory, Module, validate, Instance: Real } = WebAssembly
  let tried = 0
  class Instance {
    readonly exports: Record<string, unknown>
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      const isUnfused = tried++ < unfused
      const { exports } = new Real(module, imports)
      this.exports = { ...exports, ...(isUnfused && { fused: () => 0 }) }
    }
  }
  vi.stubGlobal('WebAssembly', { Memory, Module, validate, Instance })
  vi.resetModules()
  return (await import('../lattice/loader.ts')).loadLattice()?.by ?? null
}

test('the lattice module with fused multiply-adds is refused where they are not, and the plain one is taken', async () => {
  expect(await loadedAfter(0)).toBe('fused')
  expect(await loadedAfter(1)).toBe('plain')
  expect(await loadedAfter(2)).toBe(null)
})
