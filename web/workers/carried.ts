/** The text of a file that a page in one file carries in itself, by the file's name, or null where the page is many files. */
export function carriedText(address: string): string | null {
  const name = address.replace(/^.*\//, '')
  for (const element of document.querySelectorAll<HTMLScriptElement>('script[type="text/plain"]')) {
    if (element.dataset.file === name) return element.textContent
  }
  return null
}
