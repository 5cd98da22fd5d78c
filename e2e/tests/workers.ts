import type { Page, Worker } from '@playwright/test'

/** The page's workers of one name, such as "vault" or "sealer", that live. */
export async function workersNamed(page: Page, name: string): Promise<Worker[]> {
  const names = await Promise.all(page.workers().map((worker) => worker.evaluate(() => self.name).catch(() => null)))
  return page.workers().filter((_, i) => names[i] === name)
}

/** Ends the first worker of a name from inside, as it might end itself. Resolves to whether there was one. */
export async function endWorker(page: Page, name: string): Promise<boolean> {
  const [worker] = await workersNamed(page, name)
  await worker?.evaluate(endSoon)
  return worker !== undefined
}

/** For a worker to run: it closes itself once it has answered that it will. */
export function endSoon(): void {
  setTimeout(() => self.close())
}
