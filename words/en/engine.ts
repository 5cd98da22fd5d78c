import type { LoadReason } from '../../kernel/loader.ts'

/** Why the reference arithmetic serves. */
const slow: Readonly<Record<Exclude<LoadReason, 'fused'>, string>> = {
  'no-webassembly': 'this platform has no WebAssembly',
  'no-relaxed-simd': 'no relaxed SIMD in this WebAssembly',
  'not-fused': 'this processor’s multiply-add is not fused',
  'not-compiled': 'the platform refused to compile WebAssembly',
}

/** Which arithmetic serves, and why. */
export const engine = {
  kernel: 'kernel: WebAssembly with fused relaxed SIMD.',
  reference: (why: string) => `reference: ${why}. Slower.`,
  slow,
}
