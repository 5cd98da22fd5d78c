import { fileURLToPath } from 'node:url'

/** A path of the package: this file is `bench/root.ts` or `dist/bench/root.js`. */
export function inRoot(path: string): string {
  return fileURLToPath(new URL(`${import.meta.url.endsWith('.js') ? '../../' : '../'}${path}`, import.meta.url))
}
