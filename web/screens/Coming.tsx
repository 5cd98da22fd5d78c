/** Stands where a part of a step is on its way, for who was led there: goTo.ts. */
export function Coming() {
  return <span hidden data-coming="" />
}
