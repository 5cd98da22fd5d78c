export { begin, blocks, hchacha20 } from './chacha'
export { pack, unpack } from './fields'
export { fused } from './lanes'
export { digit, messages } from './open'
export {
  addConstant,
  addMessage,
  addScaled,
  addShortMessage,
  addTinyMessage,
  addTo,
  centreAll,
  divided,
  product,
  scaled,
} from './polynomial'
export { binomial, flood, ternary, uniform } from './sample'
export { backward, fillTable, forward } from './transform'
