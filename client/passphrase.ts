/** In characters: what keeps a wrapped key from being opened by trying the likely passphrases. */
export const shortestPassphrase = 10
