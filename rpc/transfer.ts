/** What leaves with a call or an answer instead of being copied: a port, or the buffers of large arrays. */
export { transfer } from 'comlink'
