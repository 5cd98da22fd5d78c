/** The page without a network, and newer versions of it. */
export const offline = {
  kept: 'This page opens without a network from now on.',
  apart:
    'Nothing isolates it from other pages here, so its threads share no memory, and a long run takes somewhat longer.',
  apartUntilReload: 'Loaded anew, they do.',
  update: 'A newer version of this page is there.',
  updateNow: 'Use it now',
  answersKept:
    'This device is offline. The models are as they were at the last visit: records can be looked at and checked.',
}
