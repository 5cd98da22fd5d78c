/** What the build wrote into the page of itself. */
export function builtIn(name: 'version' | 'source' | 'single'): string | null {
  return document.querySelector(`meta[name="blindscore-${name}"]`)?.getAttribute('content') ?? null
}

export function isSingleFile(): boolean {
  return builtIn('single') !== null
}
