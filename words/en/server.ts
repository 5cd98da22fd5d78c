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
  noModels: ({ folder }) => `There is no model file in ${folder}.`,
  folderUnreadable: ({ folder }) => `The folder ${folder} cannot be read.`,
  auditGone: () => 'The server cannot write down what it answers, and so it answers nothing.',
  bodyLimit: ({ bytes }) => `The model needs bodies of ${bytes} bytes: the limit is below that.`,
}
