import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/test/**/*.test.{ts,mjs}'],
    exclude: ['node_modules/**', 'dist/**', 'e2e/**'],
    testTimeout: 120_000,
  },
})
