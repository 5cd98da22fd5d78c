import type { StudyFile } from '../../study/studyFile.ts'

/** What lets one owner into one study: an address holds it behind its "#". */
export interface Invitation {
  readonly study: string
  readonly token: string
}

/** Where the owners of a study leave messages for each other. */
export interface PoolPlace {
  post(slot: string, text: string, signal: AbortSignal): Promise<void>
  /**
   * What every owner said in a slot, by its seat. It waits as long as it takes; `onSpoken` hears which seats have spoken.
   */
  all(slot: string, signal: AbortSignal, onSpoken: (seats: readonly number[]) => void): Promise<readonly string[]>
}

/** A study as the place has it for one owner. */
export interface InvitedTo {
  readonly study: StudyFile
  readonly owners: number
  /** This owner's place among them, from 0. */
  readonly seat: number
}

/** A study as the place has it for whoever made it, who is no owner by that. */
export interface OrganisedBy {
  readonly study: StudyFile
  readonly owners: number
  readonly seat: null
  /** ISO 8601. */
  readonly expires: string
}
