/** Hands a file to the browser's downloads. */
export function saveFile(content: File): void
export function saveFile(content: Blob, name: string): void
export function saveFile(content: Blob, name = content instanceof File ? content.name : ''): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The download has its own hold on the content once it has begun, which is not at once everywhere.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** "loans.csv" with "scores.csv" is "loans.scores.csv". */
export function siblingName(name: string, ending: string): string {
  return `${name.replace(/\.[^.]+$/, '') || name}.${ending}`
}
