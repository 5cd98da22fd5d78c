/** What a page says while none of its scripts has run, and for as long as none does: it stands in the page's own text. */
export const notStarted = {
  title: 'Blindscore has not started.',
  why: 'If this stays here, one of these is so:',
  reasons: [
    'The page was opened from a disk. Browsers run no page of several files from there: put its folder on a host (“python3 -m http.server” in it serves it at http://localhost:8000/), or take the demo in one file.',
    'Its host sends files that end in .js or .css under another type than text/javascript and text/css, or does not have all of its files.',
    'A policy of the host or of an extension, or the frame that it is shown in, refuses the page its scripts.',
  ],
} as const
