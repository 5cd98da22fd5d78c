/** The words of the server's own page about its API. */
export const docs = {
  about: 'Every address that this server answers to, from the same document as /openapi.json.',
  parameters: 'Parameters',
  required: 'needed',
  body: 'Body',
  answers: 'Answers',
  schemas: 'Schemas',
}
