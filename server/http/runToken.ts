/** The token of a run comes in a header of its own: no address holds it, and Authorization is the API key's. */
export const runTokenHeader = 'Blindscore-Run-Token'
