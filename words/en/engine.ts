import type { LoadReason } from '../../kernel/loader.ts'

/** Why the arithmetic is not as fast as it could be. */
const slow: Readonly<Record<Exclude<LoadReason, 'fused'>, string>> = {
  'no-webassembly': 'this platform has no WebAssembly',
  'no-relaxed-simd': 'no relaxed SIMD in this WebAssembly',
  'not-fused': 'this processor’s multiply-add is not fused',
  'no-simd': 'no SIMD in this WebAssembly',
  'not-compiled': 'WebAssembly is refused, by a policy without ‘wasm-unsafe-eval’ or by the platform itself',
}

/** Which arithmetic serves, and why. */
export const engine = {
  kernel: 'kernel: WebAssembly with fused relaxed SIMD.',
  plain: (why: string) => `kernel: WebAssembly with plain SIMD: ${why}. Slower.`,
  reference: (why: string) => `reference: ${why}. Slower.`,
  slow,
}
