/** Where it is remembered on this device which columns were chosen: names of models, of their inputs and of columns, and no cell. */
export const keptPlace = 'blindscore columns'

/** Whether anything is; a browser that keeps nothing, or refuses to, has nothing. */
export function hasKeptColumns(): boolean {
  try {
    return localStorage.getItem(keptPlace) !== null
  } catch {
    return false
  }
}
