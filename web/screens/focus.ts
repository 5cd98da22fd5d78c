/** Whether what had the focus is gone, so that nothing is taken from a person by moving it. */
export function focusIsLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}

/** Whether nothing has the focus, or only the bar, whose buttons lead elsewhere. */
export function focusIsFree(): boolean {
  return focusIsLost() || document.activeElement?.closest('[data-bar]') != null
}
