import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/test/**/*.test.{ts,mjs}'],
    exclude: ['node_modules/**', 'dist/**', 'e2e/**'],
    testTimeout: 120_000,
    // What is made before a file's tests, keys among it, may take as long on a busy machine.
    hookTimeout: 120_000,
    // By itself Vitest leaves a core to others, which is half of a small machine.
    maxWorkers: '100%',
  },
})
