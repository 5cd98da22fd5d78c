/** The right of the line while a model is looked at. */
export const vendorSide = {
  title: 'Whoever scores',
  now: 'Nobody yet: a model that is checked here is sent nowhere. Once a server has it:',
  sees: 'Will see',
  seen: 'The card: title, columns with their ranges and levels, formulas, verification records.',
  neverSees: 'Won’t get',
  unseen:
    'The weights and the intercepts. Many chosen records and their scores would tell them all the same: see “Before it is served”.',
}
