/** The same from code. */
export const code = {
  title: 'Use from code',
  disclose: 'Shell, TypeScript, Playwright, and a link to this model',
  language: 'Language',
  copy: 'Copy the code',
  copied: 'Copied',
  code: 'Code',
  link: 'This model: ',
  linkWithSample: 'This model with its sample: ',
}
