export { comparisonSchema, type Comparison } from '../anomaly/comparison';
export { PHRASES, type Phrase, type Words } from './words';
export {
  FAILED_LOG_INS,
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
