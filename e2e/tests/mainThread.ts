import type { Browser, Page } from '@playwright/test'

/**
 * What the page's main thread was busy with, from the browser's own trace. Counted is the processor's time of each task,
 * not the clock's: on a busy machine a short task may take long to get its turn, which is not the page's doing.
 */

export interface MainTask {
  readonly milliseconds: number
  /** What of the page or the browser ran in it longest. */
  readonly what: string
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** Microseconds of the thread's processor time. */
  readonly tdur?: number
  readonly args?: { readonly name?: string; readonly data?: Readonly<Record<string, unknown>> }
}

/** The main thread's tasks while `work` goes on, the longest first. */
export async function mainTasks(browser: Browser, page: Page, work: () => Promise<void>): Promise<MainTask[]> {
  await browser.startTracing(page, {
    categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8.execute'],
  })
  // A mark that tells the page's own process from the browser's others.
  await page.evaluate(() => console.timeStamp('main thread'))
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const own = traceEvents.find(({ name, args }) => name === 'TimeStamp' && args?.data?.message === 'main thread')
  if (!own) throw new Error('The trace does not hold the page.')
  const events = traceEvents.filter(({ pid, tid, ph }) => pid === own.pid && tid === own.tid && ph === 'X')
  const tasks = events.filter(({ name }) => name === 'RunTask' || name === 'ThreadControllerImpl::RunTask')
  return tasks
    .map((task) => ({ milliseconds: (task.tdur ?? task.dur ?? 0) / 1000, what: longestWithin(task, events) }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
}

function longestWithin(task: TraceEvent, events: readonly TraceEvent[]): string {
  const end = task.ts + (task.dur ?? 0)
  const inner = events.filter(
    ({ name, ts, dur = 0 }) => !name.includes('RunTask') && ts >= task.ts && ts + dur <= end && dur > 1000,
  )
  inner.sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0))
  return inner
    .slice(0, 4)
    .map(({ name, args }) => `${name} ${JSON.stringify(args?.data ?? {}).slice(0, 160)}`)
    .join(' > ')
}
