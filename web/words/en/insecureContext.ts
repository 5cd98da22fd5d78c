import type { Parts } from '../parts.ts'

/** Why this page can make no key, and what to do about it. */
export const insecureContext = {
  title: 'This page cannot make a key here',
  noWorkers: {
    message: 'This browser has no workers, so this page cannot seal records here.',
    next: 'Open the page in a current version of Chrome, Edge, Firefox or Safari.',
  },
  plainHttp: {
    message: (host: string) => `This page cannot make a key here, because it was opened over plain http from ${host}.`,
    next: 'Browsers give cryptography only to pages that come over https or from the machine they run on. Open this page in one of these ways instead.',
  },
  onTheMachine: 'On the machine that runs the server',
  open: (address: string): Parts<'code'> => ['Open ', { code: address }],
  throughSsh: 'From this machine, through SSH',
  tunnel: (command: string, address: string): Parts<'code'> => [
    'Run ',
    { code: command },
    ' and open ',
    { code: address },
  ],
  forEveryone: 'For everyone',
  https: (scheme: string): Parts<'code'> => [
    'Ask whoever runs the server to put it behind https, and open its ',
    { code: scheme },
    ' address.',
  ],
}
