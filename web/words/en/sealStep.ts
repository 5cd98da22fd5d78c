/** Where sealed files are saved. */
export const sealStep = {
  step: 'Or by a file',
  title: 'Save a sealed file',
}
