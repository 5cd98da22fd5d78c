/** Who answers, where that server says so. */
export const answers = {
  by: (name: string) => `Answered by ${name}`,
  terms: 'Terms',
  contact: 'Contact',
}
