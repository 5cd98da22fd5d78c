/** SHA-256, passed in because core touches no platform. */
export type Sha256 = (bytes: Uint8Array) => Promise<Uint8Array>
