/** Where it is remembered on this device which columns were chosen: names of models, of their inputs and of columns, and no cell. */
export const keptPlace = 'blindscore columns'

/** Where it is remembered which of a model's values a person said that words mean: names of models and inputs, the words and the values. */
export const keptValuesPlace = 'blindscore values'

/** Whether anything is; a browser that keeps nothing, or refuses to, has nothing. */
export function hasKeptColumns(): boolean {
  return has(keptPlace)
}

export function hasKeptValues(): boolean {
  return has(keptValuesPlace)
}

function has(place: string): boolean {
  try {
    return localStorage.getItem(place) !== null
  } catch {
    return false
  }
}
