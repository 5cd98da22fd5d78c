import { numbers } from './numbers.ts'

/** Below everything: what this page is, whose, and how it works. */
export const footer = {
  page: (host: string) => `Page from ${host}`,
  server: (host: string) => `scoring server at ${host}`,
  version: (version: string) => `Version ${version}`,
  source: 'Source',
  notices: 'Licences',
  how: 'How it works',
  steps: [
    'A key is made in this browser. It seals each record before it crosses the line.',
    'The server multiplies sealed numbers by its model’s weights. It can open none of them.',
    'Sealed scores come back, and only the key that is here opens them.',
  ],
  colours: { label: 'Colours', system: 'As the device', light: 'Light', dark: 'Dark' },
  picture: (sent: number, opened: number, total: number) =>
    total === 0
      ? 'Records on the left, a line, a model on the right. Nothing has crossed the line yet.'
      : `${numbers.integer(sent)} of ${numbers.integer(total)} records crossed the line sealed; ${numbers.integer(opened)} scores came back and were opened.`,
  records: 'Records',
  sealed: 'Sealed',
  model: 'Model',
  scores: 'Scores',
}
