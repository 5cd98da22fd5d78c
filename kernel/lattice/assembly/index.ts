export { begin, blocks, hchacha20 } from './chacha'
export { beyond, differ, pack, unpack } from './fields'
export { fused } from './lanes'
export { digit, messages } from './open'
export {
  addMessage,
  addProduct,
  addScaled,
  addShortMessage,
  addTinyMessage,
  addTo,
  centreAll,
  divided,
  product,
} from './polynomial'
export { addFields, addUniform, binomial, flood, ternary, uniform, uniformTimes } from './sample'
export { backward, fillTable, forward } from './transform'
