/*
 * When masks are made, and how. In units of one mask by exponentiation (15 to 20 ms of a thread at 3072 bits), a mask
 * by table costs 0.16 and the table 560; scoring a block with 23 inputs costs 0.1. So masks are most of the server's
 * work, and the whole of a run's cost follows from three rules.
 *
 * 1. A key that registers gets a small stock by exponentiation: a run of 4,000 records needs about 60.
 * 2. Its table is made when the server is quiet: no score request under way nor in the last seconds. Between the
 *    chunks of a run it is not quiet, since the machine may be the client's as well and busy sealing the next one.
 *    Once the table is there, every mask is drawn from it, in the stock and within requests alike; in either place a
 *    mask costs the same, so filling the stock never has to go before requests.
 * 3. A run that goes on without a table makes the table pay: the server cannot know how long a run is, only that those
 *    that have been long go on for long. Building from the s-th mask on costs, in masks by exponentiation,
 *
 *      masks of the run      62    300    700   1500   5000   mean over the best, lengths log-uniform in [1, 10000]
 *      s = 0 (at once)      570    608    672    800   1360   1.93
 *      s = 128               62    716    780    908   1468   1.26
 *      s = 256               62    823    887   1015   1575   1.27
 *      s = 512               62    300   1102   1230   1790   1.35
 *      never                 62    300    700   1500   5000   2.72
 *
 *    128 to 384 are equal within 5 %; 256 is at worst 3.2 times the best, 128 is 5.3 times. What has been made of the
 *    table already counts: half a table pays after half as many masks. While it is made, requests go on and make
 *    their masks by exponentiation, so it is made in tasks as long as a chunk's own: it has its turn as they have.
 */
const masksThatPayForTable = 256
/** Steps of the table at 3072 bits, each as much work as two masks by exponentiation. */
const stepsOfTable = 270

/** Whether to go on with a key's table beside its requests: rule 3. `steps` of the table have been made. */
export function paysForTable(masksNeeded: number, steps: number): boolean {
  return masksNeeded >= Math.max(0, 1 - steps / stepsOfTable) * masksThatPayForTable
}

/** A task of spare work holds its thread for about so long, which a request may have to wait for. */
const taskMs = 50
/** How many times as long a task is that goes beside requests: what eight blocks take with masks by exponentiation. */
export const tasksBesideRequests = 4

/** How many items a task has, from how long the last ones took. */
export class Pace {
  items = 1

  fit(count: number, ms: number): void {
    const fitting = Math.floor((count * taskMs) / Math.max(1, ms))
    this.items = Math.max(1, Math.min(fitting, 2 * this.items, 64))
  }
}
