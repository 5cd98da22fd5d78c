// Nothing in the page asks for other programs' numbers to be scored.
export function pheRoutes() {}
export function planNumbers() {
  throw new Error('The server of a page reads no numbers of other programs.')
}
export function combine() {
  throw new Error('The server of a page combines no numbers of other programs.')
}
