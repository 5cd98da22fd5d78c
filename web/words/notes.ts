export { noteText } from '../../words/sentences.ts'
