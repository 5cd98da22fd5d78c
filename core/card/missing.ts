const missingTexts: ReadonlySet<string> = new Set(['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL'])

/** Whether a cell, without white space around it, says that there is nothing. */
export function isMissingText(text: string): boolean {
  return missingTexts.has(text)
}
