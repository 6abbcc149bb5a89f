export { comparisonSchema, type Comparison } from './comparison';
export { ENGLISH, fillIn, PHRASES, type Phrase, type Words } from './words';
export { reasonOf, sentenceOf, subjectOf, tellable, usualOf } from './sentence';
