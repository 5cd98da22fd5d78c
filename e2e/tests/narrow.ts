/** One column, so that the run is long in rows and not in hours. */
export const narrow = {
  format: 'blindscore-model/1',
  id: 'narrow',
  version: '1',
  title: 'Narrow',
  description: '',
  features: [{ name: 'mdvis', type: 'integer', range: [0, 100] }],
  heads: [{ intercept: 0.5, terms: [{ feature: 'mdvis', weight: 1.25 }] }],
  link: 'identity',
}
