import type { LoadReason } from '../../kernel/loader.ts'

/** Which arithmetic serves, and why. */
export const engine: Readonly<Record<LoadReason, string>> = {
  fused: 'kernel: WebAssembly with fused relaxed SIMD.',
  'no-webassembly': 'reference: this platform has no WebAssembly.',
  'no-relaxed-simd': 'reference: no relaxed SIMD in this WebAssembly.',
  'not-fused': 'reference: this processor’s multiply-add is not fused.',
  'not-compiled': 'reference: the platform refused to compile WebAssembly.',
}
