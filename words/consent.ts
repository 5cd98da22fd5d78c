/** A text that somebody agrees to: shown by the page, printed by the command, and hashed as it is. */
export interface ConsentSection {
  readonly title: string
  readonly lines: readonly string[]
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
}

/** The whole text, of which a receipt has the digest. Line ends are line feeds, the last one included. */
export function consentText(title: string, sections: readonly ConsentSection[]): string {
  const parts = sections.map(({ title: heading, lines, table }) =>
    [heading, ...(table?.rows.map((row) => `- ${row.map(oneLine).join(': ')}`) ?? []), ...lines]
      .map(oneLine)
      .join('\n'),
  )
  return `${[title, ...parts].join('\n\n')}\n`
}

/** Names come from others: none makes itself a line of its own, or steers a terminal. */
const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').replace(/\p{C}/gu, '\ufffd').trim()
