/** What R reads as a word of its own (its `?Reserved`). */
const reserved =
  /^(if|else|repeat|while|function|for|next|break|in|TRUE|FALSE|NULL|Inf|NaN|NA|NA_integer_|NA_real_|NA_complex_|NA_character_|\.\.\.|\.\.[0-9]+)$/

/** A column's name as R's formulas have it. */
export const nameInR = (name: string): string =>
  /^([A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]*$/.test(name) && !reserved.test(name) ? name : `\`${name.replaceAll('`', '')}\``
