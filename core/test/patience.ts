/** For so long a test waits for what comes by and by, in milliseconds: on a busy machine it comes later. */
export const patience = 30_000
