import type { Locator, Page } from 'playwright'

/** A run of the page, step by step, by the names that a person or a screen reader finds things under. */

/** An error that the page shows: its code and its own words. */
export class PageError extends Error {
  readonly code: string

  constructor(code: string, text: string) {
    super(text)
    this.code = code
  }
}

/** What the page counted; its `client/progress.ts` says what each means. */
export interface Figures {
  readonly total: number
  readonly work: {
    readonly read: number
    readonly seal: number
    readonly ahead: number
    readonly send: number
    readonly open: number
  }
  readonly bytesUp: number
  readonly bytesDown: number
  readonly ciphertexts: number
  readonly precomputed: number
  readonly elapsed: number
}

/** Rows that cannot be scored, of one kind. */
export interface LeftOut {
  /** The sentence of the checkbox: "Leave out 12 rows". */
  readonly sentence: string
  readonly reasons: readonly string[]
}

export const names = {
  confirmComma: 'Read numbers with a decimal comma',
  leaveOut: /^Leave out [\d,]+ rows?$/,
  score: /^Score [\d,]+ records?$/,
  problems: "Rows that can't be scored",
  matched: /^[\d,]+ columns? match(?:es)?$/,
} as const

/** The longest time between two looks at a page, in milliseconds. */
const longestWait = 1000

/** How long nothing may change before a run counts as stuck, in milliseconds: a chunk can take minutes on a slow machine. */
export const patience = 300_000

export function addressOf(server: string, parameters: Readonly<Record<string, string>>): string {
  return `${server}#${new URLSearchParams(parameters)}`
}

/** Chooses the size of the key that the page will make. */
export async function chooseKeySize(page: Page, bits: number): Promise<void> {
  const select = page.getByRole('combobox', { name: 'Key size' })
  const label = new RegExp(`^${bits.toLocaleString('en-US')}\\b`)
  const option = select.locator('option').filter({ hasText: label })
  await select.selectOption(await option.getAttribute('value', { timeout: 30_000 }))
}

/** Chooses the column of the file that feeds a feature. Waits for the page to have read the header. */
export async function matchColumn(page: Page, feature: string, column: string): Promise<void> {
  const select = page.getByRole('combobox', { name: `Column for ${feature}`, exact: true })
  const folded = page.getByRole('button', { name: names.matched, expanded: false })
  await until(page, async () => {
    if (await folded.isVisible()) await folded.click()
    return (await select.isVisible()) ? select : null
  })
  await select.selectOption({ label: column })
}

/** Waits for the page to have read a file, confirming what it asks for. Resolves when it may be scored. */
export async function prepareRun(
  page: Page,
  tell: { readonly comma?: () => void; readonly leftOut?: (rows: LeftOut) => void } = {},
): Promise<Locator> {
  const comma = page.getByRole('button', { name: names.confirmComma })
  const leaveOut = page.getByRole('checkbox', { name: names.leaveOut })
  const score = page.getByRole('button', { name: names.score })
  return until(page, async () => {
    if (await comma.isVisible()) {
      tell.comma?.()
      await comma.click()
      return null
    }
    if ((await leaveOut.isVisible()) && !(await leaveOut.isChecked())) {
      tell.leftOut?.(await leftOutRows(page))
      await leaveOut.check()
      return null
    }
    return (await score.isVisible()) && (await score.isEnabled()) ? score : null
  })
}

async function leftOutRows(page: Page): Promise<LeftOut> {
  const sentence = page.getByRole('checkbox', { name: names.leaveOut })
  const items = page.getByRole('list', { name: names.problems }).getByRole('listitem')
  return {
    sentence: await sentence.evaluate((box) => (box as HTMLInputElement).labels?.[0]?.textContent?.trim() ?? ''),
    reasons: await items.evaluateAll((all) =>
      all.map((item) => {
        const texts = document.createTreeWalker(item, NodeFilter.SHOW_TEXT, (node) =>
          node.parentElement?.closest('table, button') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
        )
        const words: string[] = []
        while (texts.nextNode()) words.push(texts.currentNode.textContent ?? '')
        const sentence = words.join(' ').replace(/\s+/g, ' ').trim()
        return `${sentence} ${item.getAttribute('data-code') ?? ''}`.trim()
      }),
    ),
  }
}

/** Presses the run button and waits for the scores. `onProgress` hears of percents. */
export async function score(page: Page, onProgress: (percent: number) => void = () => {}): Promise<Figures> {
  await page.getByRole('button', { name: names.score }).click()
  const scores = page.getByRole('region', { name: 'Scores' })
  const bar = page.getByRole('progressbar', { name: 'Scoring' })
  return until(page, async () => {
    // Looked at as they stand: what waits for an element would wait for ever for one that has just gone.
    const [progress] = await scores.evaluateAll((all) => all.map((node) => node.getAttribute('data-progress')))
    if (progress) return JSON.parse(progress) as Figures
    const percent = await percentOf(bar)
    if (percent !== null) onProgress(percent)
    return null
  })
}

async function percentOf(bar: Locator): Promise<number | null> {
  const [percent] = await bar.evaluateAll((all) =>
    all.map((node) => {
      const at = (name: string, otherwise: number) => Number(node.getAttribute(name) ?? otherwise)
      const least = at('aria-valuemin', 0)
      return (100 * (at('aria-valuenow', 0) - least)) / (at('aria-valuemax', 100) - least)
    }),
  )
  return percent ?? null
}

/** Saves the scores through the browser's own download. */
export async function download(
  page: Page,
  out: string,
  button: string | RegExp = 'Download CSV',
  exact = false,
): Promise<void> {
  const [file] = await Promise.all([
    page.waitForEvent('download', { timeout: patience }),
    page.getByRole('button', { name: button, exact }).click(),
  ])
  await file.saveAs(out)
}

/**
 * Looks again and again until there is an answer. Throws the error that the page shows, if it shows one, and gives
 * up only when nothing on the page has moved for {@link patience}.
 */
async function until<T>(page: Page, look: () => Promise<T | null>): Promise<T> {
  const alerts = page.locator('[role="alert"][data-code]')
  let last = ''
  let moved = Date.now()
  let wait = 100
  for (;;) {
    const [alert] = await alerts.evaluateAll((all) =>
      all.map((node) => ({
        code: node.getAttribute('data-code') ?? '',
        text: (node.childElementCount > 0 ? [...node.children] : [node])
          .map((part) => part.textContent?.trim())
          .join(' '),
      })),
    )
    if (alert) throw new PageError(alert.code, alert.text)
    const found = await look()
    if (found !== null) return found
    const now = await page
      .locator('[role="progressbar"], progress, [role="status"]')
      .evaluateAll((all) => all.map((node) => node.getAttribute('aria-valuenow') ?? node.textContent).join('\n'))
    if (now !== last) [last, moved] = [now, Date.now()]
    if (Date.now() - moved > patience) throw new Error(`Nothing has moved on the page for ${patience / 1000} seconds.`)
    // Looking takes the page's time too, so a long run is looked at less often.
    wait = Math.min(1.1 * wait, longestWait)
    await page.waitForTimeout(wait)
  }
}
