import type { ClientFaults } from '../../client/faults.ts'
import { type Sentences, said } from '../sentences.ts'
import { core } from './core.ts'
import { expectedText } from './expected.ts'
import { server } from './server.ts'

export const client: Sentences<ClientFaults> = {
  insecureContext: () => 'A key can only be made on a page opened over https or on this machine.',
  passphraseShort: ({ least }) => `A passphrase has at least ${least} characters.`,
  backupRefused: () => 'This backup cannot be opened: its passphrase is another one, or the file is damaged.',
  keyOfAnotherRun: () => 'This key was made for another run, and one that ends with its run is never used again.',
  keyOfOneRun: () => 'This key ends with its run: it has no backup.',
  sealerWithoutKey: () => 'There is no key to seal or open with.',
  threadEnded: () => 'A thread ended.',
  recordCell: ({ row, column, expected }) => `Record ${row}, ${column}: expected ${expectedText(expected)}.`,
  recordMember: ({ row, feature, member }) =>
    `Record ${row} has no ${feature}, but ${member}, which is no feature of the model. Is it misspelt?`,
  recordCells: ({ row, cells }) => `Record ${row} needs ${cells} values, one for each feature of the model.`,
  noRecords: () => 'The records are an array or a stream of records, not one record alone.',
  notAnAddress: () => 'A scoring server has an address such as https://scores.example.',
  fieldTooLong: ({ column }) =>
    `A cell of sealed column ${column + 1} has more than 4,094 bytes, which no sealed field holds.`,
  fieldOpensNot: ({ column }) =>
    `A sealed cell of column ${column + 1} is not what was sealed for its record. Nothing of the file is shown.`,
  sealedWithOther: ({ found, own }) =>
    `This file was sealed with another key, ${found.slice(0, 16)}…; this one is ${own.slice(0, 16)}….`,
  sealedByOther: () => 'This file belongs to this key, but somebody else made and signed it. Nothing of it is shown.',
  schemeChoice: ({ choices }) => `The scheme is one of ${choices.join(', ')}.`,
  schemeNotHad: ({ scheme }) => `This model cannot be scored under the scheme "${scheme}" here.`,
  threadCount: ({ most }) => `The number of threads is a whole number from 1 to ${most}.`,
  connectionClosed: () => 'The connection is closed.',
  answerOfAnother: () => 'The server answered something else than what was asked. No score of it is shown.',
  answerNotAChunk: () => 'The server’s answer is not a chunk of scores. Nothing of it is shown.',
  plantedDisagrees: () =>
    'Records with known answers were hidden among yours, and the server’s answer to one of them is wrong. No score is shown.',
  cardHash: () => 'The model’s card does not have the hash that it states.',
  answerNotUnderstood: () => 'The server’s answer is not one that this page understands. Reload the page.',
  answerForeign: () =>
    'Something else answered in the scoring server’s place, such as a proxy, a network’s sign-in page or a host that has files alone.',
  serverUnreachable: ({ reason }) => `The scoring server could not be reached${reason ? `: ${reason}` : ''}.`,
  pageForbidsServer: () =>
    'This page’s own policy does not let it reach that scoring server: whoever hosts the page must build it for that server’s address, or name the address in its headers.',
  serverForbidsPage: () =>
    'The scoring server answers, but does not let this page ask it: whoever runs the server must allow this page’s address (--cors).',
  serverSilent: () => 'The scoring server has not answered for a long time.',
  apiKeyShape: () => 'This is no API key.',
  serverMoved: () => 'The server no longer speaks this page’s version of the API.',
  noServerThere: () =>
    'There is no scoring server at this address. A page that lies elsewhere than its server is opened with the server’s address at the end of its own: #server=https://scores.example.',
  serverSaysNew: ({ detail }) => `The server gives a reason that this version of the page does not know: ${detail}`,
  serverStatus: ({ status }) => `The server answered with status ${status}.`,
  serverSays: ({ detail, fault, facts }, say) =>
    said(server, fault, facts, say) ?? said(core, fault, facts, say) ?? detail,
}
