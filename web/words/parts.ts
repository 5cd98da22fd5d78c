/**
 * A text with elements in it, in the order of the language. What stands in an element is under the element's name, so
 * that whoever draws the text says which element that is.
 */
export type Parts<Element extends string> = readonly Part<Element>[]
export type Part<Element extends string> = string | { readonly [E in Element]: Readonly<Record<E, string>> }[Element]
