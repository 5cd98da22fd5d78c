/**
 * That this device remembers a key, noted beside the key's own storage: where the note is there and the key is not, the
 * browser has let go of it, and the page can say so. It holds the key's fingerprint, which is public.
 */
const place = 'blindscore remembered key'

export function noteKey(fingerprint: string | null): void {
  try {
    if (fingerprint === null) localStorage.removeItem(place)
    else localStorage.setItem(place, fingerprint)
  } catch {
    // A browser that keeps nothing keeps no note.
  }
}

/** The fingerprint that was noted last. */
export function notedKey(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}
