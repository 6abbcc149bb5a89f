/** Notes that models get by themselves, as they are stored; pages say them in the language of the reader. */
export const MODEL_NOTES = {
  first: 'first model',
  imported: 'imported',
  by_hand: 'promoted by hand',
  reverted: 'reverted',
  with_pipeline: 'reverted with the pipeline',
  passed: 'passed its gate',
} as const;
