import { counted, numbers } from './numbers.ts'

/** What those read who have outcomes of scores that a vendor's model made. */
export const adapting = {
  title: 'Adapt the vendor’s model',
  about:
    'The file has the predictors of a vendor’s model and, beside them, what came to pass. Fitted here are the changes of that model’s weights that your outcomes ask for; the vendor’s weights are not needed for it. It happens in this tab. Afterwards you see every number that the vendor would get, and decide.',
  looking: 'Asking the server for the model’s card…',
  otherVersion: (said: string, version: string) =>
    `These scores are of ${said}, and the server has version ${version}: changes are of one version and of no other.`,
  outcome: 'Column with what came to pass',
  choose: 'Choose…',
  none: 'The file has no column beside those that the model takes.',
  event: 'What counts as an event',
  slope: 'The slope on the vendor’s predictor changes, too',
  columns: 'Columns whose weights change, too',
  ridge: 'Hold the changes small (ridge, by cross-validation): then they have no standard errors',
  fit: 'Find the changes',
  fitting: 'Reading the records and fitting…',
  found: (records: number, leftOut: number) =>
    `Of ${counted(records, 'record')}${leftOut > 0 ? `; ${counted(leftOut, 'row')} left out` : ''}:`,
  changes: 'Changes',
  head: ['What is changed', 'Change', 'Std. error'] as const,
  leftOut: 'a sum of columns before it',
  devianceBefore: 'Deviance of the vendor’s model',
  deviance: 'Deviance with the changes',
  lambda: 'λ',
  number: (value: number) => numbers.brief(value),
  consent: {
    title: 'Before the vendor gets the changes',
    agree: 'I may give the vendor these numbers, and know what they tell',
    act: 'Agree',
    save: 'Save the changes',
    saveReceipt: 'Save the receipt',
    next: 'Give the file to the vendor, who drops it where models are checked (“Check a model”). Nothing was sent.',
  },
}

/** What the vendor reads who was given changes of its model. */
export const applying = {
  title: 'Changes of your model',
  about:
    'A customer fitted them to outcomes of its own. You see these numbers, and no row, number of rows or error behind them. Put into your model they make another one, which serves that customer alone.',
  of: (model: string, version: string) => `They are of the model “${model}”, version ${version}.`,
  needed: 'Drop that model’s file as well.',
  changes: 'What is added',
  head: ['What is changed', 'By'] as const,
  customer: 'The customer’s name',
  customerAbout: 'The new model’s id ends with it: small letters, digits, dots and hyphens.',
  apply: 'Make the customer’s model',
  applying: 'Putting them into the model…',
  weights: 'What becomes of the weights',
  weightsHead: ['Weight of', 'Before', 'After'] as const,
  save: 'Save the customer’s model',
  served: 'It says “audience: named”: a server answers with it those alone whose key or token names it.',
  claims: 'Your model’s quality and verification records are not true of it and are left out.',
  number: (value: number) => String(Number(value.toPrecision(6))),
}
