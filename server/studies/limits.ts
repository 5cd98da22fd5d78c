/** What pooled studies may take of a server. */
export interface StudyLimits {
  /** Studies of one client, and of all. */
  readonly perClient: number
  readonly studies: number
  /** Bytes of all studies; of one; of its file, in the request that makes it; of a message. */
  readonly bytes: number
  readonly studyBytes: number
  readonly fileBytes: number
  readonly messageBytes: number
  /** After how many days a study goes, from when it was made. */
  readonly days: number
}

const MiB = 2 ** 20

export const defaultStudyLimits: StudyLimits = {
  perClient: 20,
  studies: 1000,
  bytes: 8192 * MiB,
  studyBytes: 1024 * MiB,
  fileBytes: MiB / 4,
  messageBytes: 4 * MiB,
  days: 30,
}
