import type { AuditFault, AuditFindings } from '../server/audit/verify.ts'

/** What is to be said of a log, line by line. */
export function findingsText(findings: AuditFindings, checkpoints: number, isPinned: boolean): string {
  const { entries, first, last, head, faults, tears, signedTo, signers, before, back } = findings
  const lines = [
    ...faults.map(faultText),
    ...tears.map(
      ({ seq, bytes }) =>
        `Entry ${seq} was begun and not finished (${bytes} bytes): a process was ended in the middle of it. That is no fault.`,
    ),
    ...back.map((seq) => `Entry ${seq} is of an earlier time than the one before it: the clock was put back.`),
    entries === 0 ? 'There is no entry.' : `${entries} entries, ${first} to ${last}; the last has the hash ${head}.`,
    ...signers.map((signer) => `Signed by ${signer}.`),
    ...(signers.length > 1
      ? ['That is more than one key: where the server’s secret was not changed, somebody else signed a part of it.']
      : []),
    ...(signedTo < last ? [`Nothing here signs what comes after entry ${signedTo}: that could be cut unseen.`] : []),
    ...(first > 1 ? [`Entries before ${first} are not here, and what they were is not said.`] : []),
    ...before.map((seq) => `The checkpoint of entry ${seq} says nothing of what is here: that entry was put aside.`),
    ...(checkpoints === before.length ? [unproven(isPinned)] : []),
    faults.length === 0 ? 'The log is as it was written.' : 'The log is not as it was written.',
  ]
  return `${lines.join('\n')}\n`
}

/** What a log that fits together does not say by itself. */
function unproven(isPinned: boolean): string {
  return isPinned
    ? 'No checkpoint from elsewhere is held against it: who has the server’s key could have written all of it anew.'
    : 'No checkpoint from elsewhere is held against it, nor the server’s key (--signer): whoever can write here could have written all of it anew.'
}

function faultText(fault: AuditFault): string {
  const { seq } = fault
  switch (fault.kind) {
    case 'altered':
      return `Entry ${seq} is not as it was written (${fault.file}, line ${fault.line}).`
    case 'missing':
      return fault.to === seq ? `Entry ${seq} is missing.` : `Entries ${seq} to ${fault.to} are missing.`
    case 'outOfOrder':
      return `Entry ${seq} stands where another should (${fault.file}, line ${fault.line}).`
    case 'replaced':
      return `Entry ${seq} does not follow from the one before it: one of them was put in the place of another.`
    case 'signature':
      return `Entry ${seq} signs those before it with another key than the log’s, or something else was signed.`
    case 'otherChain':
      return `Entry ${seq} is of another log.`
    case 'cut':
      return `Entry ${seq} was there when its checkpoint was signed; the log ends with ${fault.last}: it was cut.`
    case 'rewritten':
      return `Entry ${seq} is not the one that a checkpoint was signed for: the log was written anew there or before.`
    case 'foreignCheckpoint':
      return `The checkpoint of an entry ${seq} is of another log, or signed by another key.`
  }
}
