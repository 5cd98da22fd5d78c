/** What stands for a sentence: the name of the fault. @param {{ code: string, fault: string }} error */
export const sentenceOf = ({ code, fault }) => fault || code
