import type { ServerFaults } from '../../server/faults.ts'
import type { Sentences } from '../sentences.ts'

export const server: Sentences<ServerFaults> = {
  noSuchAddress: () => 'No such address and method.',
  compressedBody: () => 'Send the body as it is: ciphertexts do not compress.',
  bodyEnded: () => 'The body ended before its announced length.',
  bodyTooLarge: ({ limit }) => `A body here has at most ${limit} bytes.`,
  bodyNotUtf8: () => 'The body is not UTF-8.',
  bodyNesting: ({ depth }) => `The body is nested deeper than ${depth} levels.`,
  bodyNotJson: () => 'The body is not valid JSON.',
  bodyShape: ({ member }) =>
    `${member === null ? 'The body' : `The member "${member}"`} is not as the API describes it.`,
  memberNotBase64url: ({ member }) => `The member "${member}" is not base64url.`,
  mediaType: ({ accepted }) => `The body is sent as ${accepted.join(' or ')}.`,
  ciphertextNotBase64url: () => 'A ciphertext is not base64url.',
  ciphertextLength: () => 'A ciphertext has another length than the first.',
  ciphertextInvalid: () => 'A ciphertext is not valid under the key.',
  ciphertextCount: ({ records, ciphertexts, bytes }) =>
    `${records} records make ${ciphertexts} ciphertexts of ${bytes} bytes.`,
  recordCount: ({ most }) => `A chunk has from 1 to ${most} records.`,
  chunkConflict: () => 'This chunk of the run came before with other bytes.',
  fingerprint: () => 'The fingerprint in the address is not the SHA-256 of the public key.',
  keyOfAnotherSet: () => 'This key is held under another parameter set, and a key belongs to one.',
  schemeNotServed: ({ served }) => `Keys of this scheme are not taken here; served are: ${served.join(', ')}.`,
  answersExhausted: ({ most }) =>
    `This scheme hides the model's weights over ${most} answered slots, and so many were answered.`,
  keyUnknown: () => 'This server does not hold the key: send it again.',
  modelUnknown: () => 'This server has no model of that id.',
  modelChanged: () => 'The model has another card now: fetch it anew.',
  modelNotHeld: () => 'This compute thread does not hold the model yet.',
  foreignHost: () => 'The request names another server. Who runs this one can allow the name.',
  forwardedTwice: () =>
    'X-Forwarded-For and Forwarded name different clients: the proxy has to drop the one that it does not write.',
  notByProxy: () => 'This server is asked through its proxy alone.',
  accessRequired: () => 'This server answers who has an API key.',
  accessRefused: () => 'This is no API key of this server, or one that was taken back.',
  accessMistyped: () => 'This is no API key: a character is missing, or another.',
  tokenRefused: () => 'This is no token of this server’s issuer, or not one for this server.',
  tokenExpired: () => 'This token has ended: get another from who issued it.',
  tokenNamesNobody: () => 'This token does not say who asks.',
  tokenTooLong: ({ longest }) =>
    `This token is good for too long, or does not say from when on: tokens here are for ${longest} seconds at most.`,
  issuerGone: () => 'Who issues the tokens does not answer, so nobody’s can be checked at the moment.',
  certificateTwice: () => 'The header with the certificate’s subject came twice, is no UTF-8 or too long.',
  certificateRefused: () =>
    'Nobody with a certificate of this subject is answered here: it was taken back, or was never entered.',
  certificateExpired: ({ on }) => `This certificate was answered until ${on}.`,
  operatorsAlone: () => 'That is for who runs the server: from its own machine, or with an operator’s API key.',
  accessExpired: ({ on }) => `This API key was for use until ${on}.`,
  fileOfOtherCard: ({ model, version, own }) =>
    `This file was sealed for another card: model ${model}, version ${version}; here is version ${own}. Have it sealed anew for the present card, or score it with the model, and the secret, that its card is of.`,
  busy: () => 'Too many requests are under way.',
  budget: ({ points, what }) => {
    if (what === 'records') return `A client has ${points} records an hour, and a block counts as full.`
    return `A client has ${points} ${what === 'keys' ? 'new keys' : 'bytes of new keys'} an hour.`
  },
  slotsAboveHour: ({ slots, most }) =>
    `This takes ${slots} slots, and all of this client’s hour has ${most}: send fewer records at once.`,
  storeGone: () => 'What a client may still have scored cannot be written down at the moment, so nothing is scored.',
  budgetsUnreadable: ({ file }) => `What clients have used, in ${file}, cannot be read.`,
  budgetsUnwritable: ({ folder }) => `What clients use cannot be written to ${folder}.`,
  budgetsShape: ({ file }) =>
    `What is in ${file} are no counts of use, or were altered: it has to be mended by hand, without its digest, or taken away.`,
  modelForNobody: () =>
    'Its "audience" is "named", and nobody is asked here who they are (--api-keys, --oidc-issuer, --client-cert-header).',
  modelIdTwice: ({ file }) => `${file} has the same id.`,
  modelFileTooLarge: () => 'The file is too large.',
  modelFileUnreadable: () => 'The server may not read the file, or cannot: its user needs leave to.',
  modelRefused: ({ file, ...error }, say) => `${file} is not served: ${say(error)} (${error.code})`,
  modelsRefused: ({ folder, refusals }, say) => {
    const lines = refusals.map(({ file, ...error }) => `  ${file}: ${say(error)} (${error.code})`)
    return `No model in ${folder} can be served:\n${lines.join('\n')}`
  },
  modelsRefusedStrictly: ({ folder, refusals }, say) => {
    const lines = refusals.map(({ file, ...error }) => `  ${file}: ${say(error)} (${error.code})`)
    return `With --strict every file in ${folder} has to be a model that can be served:\n${lines.join('\n')}`
  },
  noModels: ({ folder }) => `There is no model file in ${folder}.`,
  ledgerUnreadable: ({ file }) => `The ledger of answers in ${file} cannot be read.`,
  ledgerUnwritable: ({ file }) => `The ledger of answers cannot be written to ${file}.`,
  ledgerShape: ({ file }) =>
    `What is in ${file} is no ledger of answers, or was altered: it has to be mended by hand, without its digest, or taken away and begun anew (\`blindscore state begin\`).`,
  secretUnreadable: ({ file }) => `The secret in ${file} cannot be read.`,
  secretUnwritable: ({ file }) => `There is no secret at ${file}, and none can be written there.`,
  secretShape: ({ file }) => `What is in ${file} is no secret: it has to be 64 hexadecimal digits.`,
  folderUnreadable: ({ folder }) => `The folder ${folder} cannot be read.`,
  accessFileUnreadable: ({ file }) => `The API keys in ${file} cannot be read.`,
  accessFileUnwritable: ({ file }) => `The API keys cannot be written to ${file}.`,
  accessFileShape: ({ file }) =>
    `What is in ${file} are no API keys, or were altered: it has to be mended by hand, without its digest.`,
  accessFileInUse: ({ file }) => `Somebody else is changing ${file}. If nobody is, take away ${file}.new.`,
  accessKeyUnknown: ({ id }) => `There is no API key or certificate ${id}.`,
  accessSecretNotKept: () =>
    'API keys are checked with the server’s secret, and that is not kept here: name a file for it with --secret-file.',
  auditGone: () => 'The server cannot write down what it answers, and so it answers nothing.',
  auditUnwritable: ({ folder }) => `The log of answers cannot be written to ${folder}.`,
  auditUnreadable: ({ folder }) => `There is no log of answers in ${folder} that can be read.`,
  auditDamaged: ({ folder }) =>
    `The log of answers in ${folder} does not end as it was written: "blindscore audit verify" says where. Put it aside, and another is begun.`,
  auditInUse: ({ folder }) =>
    `Another process writes to the log of answers in ${folder}, and each needs one of its own. If none does, take away the file "lock" there.`,
  auditSecretNotKept: () =>
    'The log of answers is signed with the server’s secret, and that is not kept here: name a file for it with --secret-file.',
  bodyLimit: ({ bytes }) => `The model needs bodies of ${bytes} bytes: the limit is below that.`,
}
