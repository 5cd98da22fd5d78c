/**
 * The letters that code pages of DOS have from 0x80 on, as old programs still write them: 850 of Western Europe, whose letters 437 has
 * where it has any of them, and 852 of its middle. No browser reads these, so they are there to be doubted for, not to be read by.
 */
const pages = [
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø▒Ø▒ƒáíóúñÑ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ÁÂÀ▒▒▒▒▒▒▒▒▒▒▒▒▒▒ãÃ▒▒▒▒▒▒▒▒ðÐÊËÈıÍÎÏ▒▒▒▒▒Ì▒ÓßÔÒõÕµþÞÚÛÙýÝ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒',
  'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ▒čáíóúĄąŽžĘę▒źČş▒▒▒▒▒▒▒ÁÂĚŞ▒▒▒▒Żż▒▒▒▒▒▒▒Ăă▒▒▒▒▒▒▒▒đĐĎËďŇÍÎě▒▒▒▒ŢŮ▒ÓßÔŃńňŠšŔÚŕŰýÝţ▒▒▒▒ˇ▒▒▒▒▒▒▒űŘř▒▒',
]

/** The texts that bytes would be under each of these pages. */
export const dosTexts = (bytes: Uint8Array): readonly string[] =>
  pages.map((page) => Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : page[byte - 128])).join(''))
