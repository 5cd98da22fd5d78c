import { fileURLToPath } from 'node:url'

/** What stands for the modules of the page's isolation while Vite serves its sources. @type {Readonly<Record<string, string>>} */
const standIns = {
  'platform/isolation.ts': 'export const provesNoNetwork = () => Promise.resolve(true)',
  'web/workers/IsolatedWorker.ts': 'export const IsolatedWorker = Worker',
}

/**
 * Vite's development server gives a worker its modules one by one, which the page's policy would refuse. There, and
 * nowhere else, workers are plain ones: a build has no such switch.
 *
 * @returns {import('vite').Plugin}
 */
export function isolationInDevelopment() {
  const root = fileURLToPath(new URL('..', import.meta.url))
  return {
    name: 'isolation-in-development',
    apply: 'serve',
    load(id) {
      const path = id.replace(/[?#].*$/, '')
      return path.startsWith(root) ? (standIns[path.slice(root.length)] ?? null) : null
    },
  }
}
