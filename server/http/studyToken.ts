/** The token of an owner's seat comes in a header of its own: no address holds it, and Authorization is the API key's. */
export const studyTokenHeader = 'Blindscore-Study-Token'
