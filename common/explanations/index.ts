export { comparisonSchema, type Comparison } from '../anomaly/comparison';
export { PHRASES, type Phrase, type Words } from './words';
export {
  headlineOf,
  headlineOfAll,
  namedIn,
  reasonOf,
  sentenceOf,
  styleOf,
  subjectOf,
  tellable,
  tellingOf,
  usualOf,
} from './sentence';
