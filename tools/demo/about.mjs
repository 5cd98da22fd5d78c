import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Which version this is, and the commit, where there is a checkout. */
export function versionOf() {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  try {
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return `${version} (${commit.toString().trim()})`
  } catch {
    return version
  }
}

/**
 * What the page says of itself: its version, and where its source is, if BLINDSCORE_SOURCE tells.
 *
 * @returns {import('vite').Plugin}
 */
export function aboutInPage() {
  const source = process.env.BLINDSCORE_SOURCE
  return {
    name: 'about-in-page',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { name: 'blindscore-version', content: versionOf() } },
      ...(source ? [{ tag: 'meta', attrs: { name: 'blindscore-source', content: source } }] : []),
    ],
  }
}
