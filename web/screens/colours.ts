const kept = 'blindscore colours'

export type Colours = 'system' | 'light' | 'dark'

/** What was chosen in an earlier visit; a browser that keeps nothing, or refuses to, has the device's. */
export function chosenColours(): Colours {
  const found = document.documentElement.dataset.colours ?? read()
  return found === 'light' || found === 'dark' ? found : 'system'
}

/** Has the page in those colours: tokens.css. */
export function showColours(colours: Colours): void {
  const { dataset } = document.documentElement
  if (colours === 'system') delete dataset.colours
  else dataset.colours = colours
}

export function chooseColours(colours: Colours): void {
  showColours(colours)
  try {
    if (colours === 'system') localStorage.removeItem(kept)
    else localStorage.setItem(kept, colours)
  } catch {
    // For this visit alone, then.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(kept)
  } catch {
    return null
  }
}
