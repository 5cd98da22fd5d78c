/** Where the bar leads to: a step of the page, and what in it takes the focus where it is there. */
const places = {
  records: '[role="alert"]',
  preview: '[data-asks] button',
  model: '[role="alert"], input[type="radio"]',
  columns: '[data-missing] select',
  check: '[data-suggestion] button, li[data-mendable], input[type="checkbox"]',
  run: '[role="alert"]',
  sealed: '[role="alert"]',
  handed: 'button',
  handedOver: '[role="progressbar"], [data-stage="ready"] button',
  scores: 'h2',
} as const

export type Place = keyof typeof places

/** What is on its way into a step has this in its place. */
const coming = '[data-coming]'
/** A part that does not come within this time, in milliseconds, is not waited for. */
const patience = 30_000

/** Ends the wait for what an earlier press wanted. */
let stopWaiting = (): void => {}

/**
 * Scrolls to a step of the page and gives it, or what in it asks for something, the focus. Where that is a part that comes later
 * and is not there yet, it gets the focus once it is, unless the person has gone elsewhere meanwhile.
 */
export function goTo(place: Place): void {
  stopWaiting()
  let had = document.activeElement
  const arrive = (): boolean => {
    const step = document.querySelector<HTMLElement>(`[data-place="${place === 'preview' ? 'records' : place}"]`)
    if (!step) return false
    const inside = step.querySelector<HTMLElement>(places[place])
    const whole = inside !== null || !step.querySelector(coming)
    if (whole || step !== had) show(step, inside)
    had = document.activeElement
    return whole
  }
  if (arrive()) return
  const observer = new MutationObserver(() => {
    const { activeElement } = document
    const elsewhere = activeElement !== had && activeElement !== document.body
    if (elsewhere || arrive()) stopWaiting()
  })
  const timer = setTimeout(() => stopWaiting(), patience)
  stopWaiting = () => {
    observer.disconnect()
    clearTimeout(timer)
  }
  observer.observe(document.body, { childList: true, subtree: true })
}

function show(step: HTMLElement, inside: HTMLElement | null): void {
  const control = inside?.closest<HTMLElement>('button, select, input')
  // It shows where it has gone, also after a press of the mouse: on a tall window nothing else may move.
  ;(control ?? step).focus({ preventScroll: true, focusVisible: true })
  const target = inside ?? step
  target.scrollIntoView({ block: inside && target.offsetHeight < innerHeight / 2 ? 'center' : 'start' })
}
