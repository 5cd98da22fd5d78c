/** A number that was typed and does not fit. */
export const boundedNumber = {
  kept: (range: string, value: number) => `${range}. It is still ${value}.`,
}
