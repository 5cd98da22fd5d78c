import { setFlagsFromString } from 'node:v8'

/**
 * Node 20 has relaxed SIMD behind a flag, Node 22 and later have it without. To be called once, before `loadKernel`,
 * in every thread that loads it. Later versions may not know the flag: they report that on stderr, so it is not set.
 */
export function enableRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd')
}
