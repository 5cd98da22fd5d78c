export interface Versions {
  readonly model: string
  /** Of the version that the page shows, and of the server's. */
  readonly here: string
  readonly there: string
}

/** Before something begins with a version of a model that is no longer the server's. */
export const offered = {
  title: 'Another version of the model',
  gone: 'The model is offered no more',
  about: ({ model, here, there }: Versions) =>
    `The server has version ${there} of ${model} by now. This page, and the check of your file, are of version ${here}. Nothing has been sent.`,
  aboutGone: ({ model }: Pick<Versions, 'model'>) =>
    `The server no longer offers ${model} for new runs. Nothing has been sent.`,
  keeps: (here: string) =>
    `The server goes on scoring with version ${here} for a while, usually a day. Each score names its version.`,
  take: (there: string) => `Take version ${there}`,
  takeAbout:
    'If you take the server’s, its card is shown and your file is checked for it: look at both before you go on.',
  look: 'See what it offers',
  keep: (here: string) => `Go on with version ${here}`,
}

/** A run that began with another version of the model than the page shows. */
export const otherVersion = {
  about: ({ model, here, there }: Versions) =>
    `It began with version ${there} of ${model}, and this page shows version ${here}.`,
  take: (there: string) => `Show version ${there} here`,
}
