import { type Browser, chromium } from 'playwright'

/** What a run of the real page needs around it: a scoring server and a browser. */

/** The package's folder: this file runs as `e2e/setting.ts` under the test runner and as `dist/e2e/setting.js`. */
export const root = new URL(import.meta.url.endsWith('.js') ? '../../' : '../', import.meta.url)

export interface RunningServer {
  /** With a slash at its end. */
  readonly url: string
  readonly models: readonly string[]
  /** A sentence for each model file that is not served. */
  readonly refused: readonly string[]
  close(): Promise<void>
}

export interface ServerOptions {
  readonly port: number
  readonly models?: string
  readonly host?: string
  /** Names that the server answers to, beside addresses and localhost. */
  readonly hosts?: readonly string[]
  readonly secret?: unknown
  readonly limits?: Readonly<Record<string, number>>
  readonly schemes?: readonly string[]
  /** Those who may ask: see `server/access/principals.ts`. */
  readonly principals?: unknown
  /** Where is written down what is answered: see `server/audit/audit.ts`. */
  readonly audit?: unknown
  /** Who answers: see `server/vendor.ts`. */
  readonly vendor?: unknown
  /** Where messages of studies are stored: see `server/studies/openStudies.ts`. */
  readonly studies?: unknown
  /** Where runs are stored that are handed over: {@link runsIn}. */
  readonly runs?: unknown
}

/** A folder of runs, under a key of this process. */
export async function runsIn(folder: string): Promise<unknown> {
  const { openFolders } = (await import(new URL('dist/server/sealed/places.js', root).href)) as {
    openFolders(folder: string): Promise<object>
  }
  return { ...(await openFolders(folder)), key: secret }
}

/** One for all servers of this process, so that they serve the same cards of the same models. */
const secret = crypto.getRandomValues(new Uint8Array(32))

/** The built server, in this process, on a port that is free. Rejects with the server's own words. */
export async function startServer(options: Omit<ServerOptions, 'port'> = {}): Promise<RunningServer> {
  const { startServer: start } = (await import(new URL('dist/server/listen.js', root).href)) as {
    startServer(options: ServerOptions): Promise<RunningServer>
  }
  const { secretOf } = (await import(new URL('dist/server/secret.js', root).href)) as {
    secretOf(bytes: Uint8Array, kept: boolean): unknown
  }
  return start({ port: 0, secret: secretOf(secret, false), ...options })
}

/** A Chromium that asks nobody for anything. Rejects when there is none. */
export async function launchBrowser(
  options: { readonly headed?: boolean; readonly switches?: readonly string[] } = {},
): Promise<Browser> {
  const { chromiumSwitches, findChromium } = (await import(
    new URL('tools/chromium.mjs', root).href
  )) as typeof import('../tools/chromium.mjs')
  const executablePath = await findChromium()
  if (executablePath === null) {
    throw new Error('There is no Chromium. Install one and name it in BLINDSCORE_CHROMIUM.')
  }
  return chromium.launch({
    executablePath,
    headless: options.headed !== true,
    args: [...chromiumSwitches, ...(options.switches ?? [])],
  })
}
