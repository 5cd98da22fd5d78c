/** Whether what had the focus is gone, so that nothing is taken from a person by moving it. */
export function focusIsLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}
