/** A column's name as R's formulas have it. */
export const nameInR = (name: string): string =>
  /^[A-Za-z.][A-Za-z0-9._]*$/.test(name) ? name : `\`${name.replaceAll('`', '')}\``
