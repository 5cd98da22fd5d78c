import { spawnSync } from 'node:child_process'

/** How long another package manager may be busy, in milliseconds. */
const patience = 15 * 60_000

/**
 * Debian's package manager, where there is one and this user may use it; else null. Its commands wait for whoever else
 * holds its locks, as another copy of this does when two are started at once.
 *
 * @param {(line: string) => void} say
 * @param {{ spawn?: typeof spawnSync, wait?: (milliseconds: number) => Promise<void>, isRoot?: boolean }} [parts]
 */
export function packageManager(say, parts = {}) {
  const { spawn = spawnSync, wait = sleep, isRoot = process.getuid?.() === 0 } = parts
  const runs = (/** @type {string} */ command, /** @type {string[]} */ args) =>
    spawn(command, args, { stdio: 'ignore' }).status === 0
  if (!runs('apt-get', ['--version'])) return null
  if (!isRoot && !runs('sudo', ['-n', 'true'])) return null
  const prefix = [...(isRoot ? [] : ['sudo', '-n']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', 'apt-get']

  /**
   * Runs `apt-get`. Between two tries `done` is asked whether the other one has made it unnecessary.
   *
   * @param {string[]} args
   * @param {() => Promise<boolean>} done
   * @returns {Promise<boolean>} whether it ended well, or was not needed any more
   */
  const aptGet = async (args, done) => {
    const [command = '', ...rest] = [...prefix, '-o', 'DPkg::Lock::Timeout=60', ...args]
    for (let waited = 0; ; waited += 2000) {
      const { status, stderr } = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
      if (status === 0) return true
      // "Could not get lock /var/lib/apt/lists/lock", "Unable to lock directory", "dpkg frontend lock … is held".
      if (!/\block\b/i.test(stderr ?? '') || waited >= patience) {
        process.stderr.write(stderr ?? '')
        return false
      }
      if (waited === 0) say('waiting for another package manager to be done')
      await wait(2000)
      if (await done()) return true
    }
  }
  return {
    /** Installs packages. @param {string[]} names @param {() => Promise<boolean>} there */
    async install(names, there) {
      await aptGet(['update', '-qq'], there)
      if (await there()) return
      await aptGet(['install', '-y', '-qq', '--no-install-recommends', ...names], there)
    },
  }
}

/** @param {number} milliseconds @returns {Promise<void>} */
function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
