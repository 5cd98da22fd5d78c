/** What an owner says of itself. It stands with its commitment, and so in the code that is compared and under all that is signed. */
export interface Introduction {
  /** The legal name. */
  readonly name: string
  readonly role: Role
  /** Who answers for its rows, and how that person is reached. */
  readonly contact: string
}

/** What an owner is to the study by the law of data protection; `unsaid` where it said nothing that is known here. */
export type Role = (typeof roles)[number] | 'unsaid'
export const roles = ['joint-controller', 'controller', 'processor', 'not-personal'] as const

/** The longest of the three, in UTF-8. */
const mostBytes = 400

/** A line each. */
export function introductionBytes({ name, role, contact }: Introduction): Uint8Array {
  return new TextEncoder().encode([name, role, contact].map(shortened).join('\n'))
}

/** What was said. Whatever comes is an introduction: who says nothing has no name. */
export function readIntroduction(bytes: Uint8Array): Introduction {
  const [name = '', role = '', contact = ''] = new TextDecoder()
    .decode(bytes.subarray(0, 3 * mostBytes + 2))
    .split('\n')
    .map(plain)
  return { name, role: roles.find((each) => each === role) ?? 'unsaid', contact }
}

function shortened(text: string): string {
  let short = plain(text)
  while (new TextEncoder().encode(short).length > mostBytes) short = [...short].slice(0, -1).join('')
  return short
}

/** Without what could make a text look like another one: control characters and marks of direction. */
const plain = (text: string): string => text.replace(/[\p{C}\ufffd]/gu, '').trim()
