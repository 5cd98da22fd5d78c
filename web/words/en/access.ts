/** The API key of a server that asks for one. */
export const access = {
  label: 'API key',
  hint: 'Whoever runs this server gave it to you. It stays in this tab’s memory and goes to this server alone.',
  use: 'Use this key',
  given: 'From here on this tab asks with that key. Do again what was refused.',
}
