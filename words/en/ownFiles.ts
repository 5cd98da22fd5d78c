import type { OwnFileFaults } from '../../server/faults.ts'
import type { Sentences } from '../sentences.ts'

/** What is said of a server's own files, to who runs it. */
export const ownFiles: Sentences<OwnFileFaults> = {
  budgetsUnreadable: ({ file }) => `What clients have used, in ${file}, cannot be read.`,
  budgetsUnwritable: ({ folder }) => `What clients use cannot be written to ${folder}.`,
  budgetsShape: ({ file }) =>
    `What is in ${file} are no counts of use, or were altered: it has to be mended by hand, without its digest, or taken away.`,
  modelsRefusedStrictly: ({ folder, refusals }, say) => {
    const lines = refusals.map(({ file, ...error }) => `  ${file}: ${say(error)} (${error.code})`)
    return `With --strict every file in ${folder} has to be a model that can be served:\n${lines.join('\n')}`
  },
  ledgerUnreadable: ({ file }) => `The ledger of answers in ${file} cannot be read.`,
  ledgerUnwritable: ({ file }) => `The ledger of answers cannot be written to ${file}.`,
  ledgerShape: ({ file }) =>
    `What is in ${file} is no ledger of answers, or was altered: it has to be mended by hand, without its digest, or taken away and begun anew (\`blindscore state begin\`).`,
  secretUnreadable: ({ file }) => `The secret in ${file} cannot be read.`,
  secretUnwritable: ({ file }) => `There is no secret at ${file}, and none can be written there.`,
  secretShape: ({ file }) => `What is in ${file} is no secret: it has to be 64 hexadecimal digits.`,
  secretMissing: ({ file }) => `There is no secret at ${file}: name the server’s with --secret-file.`,
  accessFileUnreadable: ({ file }) => `The API keys in ${file} cannot be read.`,
  accessFileUnwritable: ({ file }) => `The API keys cannot be written to ${file}.`,
  accessFileShape: ({ file }) =>
    `What is in ${file} are no API keys, or were altered: put back what you have a copy of, or take it away and add them anew.`,
  accessFileOtherSecret: ({ file }) =>
    `The API keys in ${file} are sealed under another secret: name the file of the server’s with --secret-file.`,
  accessFileClear: ({ file }) =>
    `The API keys in ${file} are in the clear, as an earlier version wrote them, or somebody without the secret: if they are yours (\`blindscore keys list\`), seal them with \`blindscore keys seal\`.`,
  accessFileInUse: ({ file }) => `Somebody else is changing ${file}. If nobody is, take away ${file}.new.`,
  accessKeyUnknown: ({ id }) => `There is no API key or certificate ${id}.`,
  accessSecretNotKept: () =>
    'API keys are checked with the server’s secret, and that is not kept here: name a file for it with --secret-file.',
  auditUnwritable: ({ folder }) => `The log of answers cannot be written to ${folder}.`,
  auditUnreadable: ({ folder }) => `There is no log of answers in ${folder} that can be read.`,
  auditDamaged: ({ folder }) =>
    `The log of answers in ${folder} does not end as it was written: "blindscore audit verify" says where. Put it aside, and another is begun.`,
  auditInUse: ({ folder }) =>
    `Another process writes to the log of answers in ${folder}, and each needs one of its own. If none does, take away the file "lock" there.`,
  auditSecretNotKept: () =>
    'The log of answers is signed with the server’s secret, and that is not kept here: name a file for it with --secret-file.',
}
