import type { FeatureDefinition } from '../../detector';
import type { FeatureDirection } from '../../detector/feature_schema';

/** Names that tell on which side of the usual a number is anomalous; the first that fits decides. */
const DIRECTION_OF_NAME: readonly (readonly [RegExp, FeatureDirection])[] = [
  [
    /(^|[._-])(error|err|fail|failed|failure|exception|fault|retry|retrie|timeout|dropped|drop|reject|rejected|denied|rare|refused|unseen)(s|es)?([._-](share|rate|ratio|count|total|percent|pct|[a-z_]+))?$/i,
    'high',
  ],
  [/(^|[._-])(rare|distinct)_/i, 'high'],
  // Of what is left too little is bad, in any unit.
  [
    /(^|[._-])(free|available|remaining|headroom)([._-](share|rate|ratio|percent|pct|bytes|[kmgt]i?b|size|length|space|memory|mem|disk|swap|inodes|capacity|slots|connections))*$/i,
    'low',
  ],
  [/(^|[._-])(success(es)?|hit)([._-](share|rate|ratio|percent|pct|bytes))?$/i, 'low'],
  [/(^|[._-])(duration|latency|elapsed|took|delay|wait|rtt|lag|ttfb|runtime)([._-]?[a-z0-9]+)?$/i, 'high'],
  [
    /(^|[._-])(response|request|query|lock|execution|exec|processing|upstream|connect|service)[._-]?time([._-]?[a-z]+)?$/i,
    'high',
  ],
  [
    /(duration|latency|elapsed|(response|request|query|lock|processing|execution)time)(ms|us|ns|s|seconds|millis|micros|nanos)?$/i,
    'high',
  ],
  [/(^|[._-])latency_/i, 'high'],
  [/(^|[._-])(bytes|size|length|kb|mb|body_bytes_sent)([._-](sent|received|in|out|read|written))?$/i, 'high'],
  [/(bytes|size)$/i, 'high'],
  [/(^|[._-])(rows_examined|backlog|queue(_(length|depth|size))?|depth|pending)$/i, 'high'],
];

/**
 * The side of the usual on which a field is anomalous, by its name: durations, sizes, errors and their shares high, what
 * is left or succeeds low, anything else, counts and throughput among it, both.
 */
export const directionOfName = (field: string): FeatureDirection =>
  DIRECTION_OF_NAME.find(([regex]) => regex.test(field))?.[1] ?? 'both';

/** The direction that a feature of type number or deviation asks for, or that its field's name tells. */
export const directionOf = ({ direction = 'auto', field }: FeatureDefinition): FeatureDirection =>
  direction === 'auto' ? directionOfName(field) : direction;
