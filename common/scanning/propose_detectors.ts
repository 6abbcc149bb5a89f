import { detectorSchema, parseDetector, type Detector, type DetectorInput } from '../detector';
import { durationToMilliseconds } from '../detector';
import { defaultBucketFeatures, ERROR_SHARE_FIELD, ERRORS_FIELD } from '../detector/bucket_fields';
import { bucketSchema } from '../detector/bucket_schema';
import { FAILED_LOG_INS } from '../explanations';
import { withoutKeyword } from '../detector/entity_fields';
import { proposeBucket } from '../buckets/propose_bucket';
import { printable } from '../printable';
import { DAY } from '../duration';
import type { LogKind } from './log_kinds';
import { expectedRows, proposeBudget, proposeShare, type LogsInWindow } from './propose_budget';
import type { SampleProposal } from './propose_from_sample';

/** Detector that a scan proposes for a source of logs. */
export interface DetectorProposal {
  readonly unit: Detector['unit'];
  readonly detector: DetectorInput;
  /** Budget that its threshold keeps to. */
  readonly expectedAlertsPerDay: number;
  /** False where a first training would find too few rows in the window. */
  readonly isReady: boolean;
  /** Logs in the window, or rows of buckets, and how many a first training takes at least. */
  readonly rows: number;
  readonly rowsNeeded: number;
}

export interface SourceProposals {
  readonly kind: LogKind | undefined;
  /** Empty where the documents are no logs, or hold nothing that could be looked at. */
  readonly proposals: readonly DetectorProposal[];
}

/** Rows that a training takes at least, as by default. */
const FEWEST_ROWS = 256;
/** Mean logs in a span of time from which counting them says something. */
const FEWEST_LOGS_A_SPAN = 1;
/** Share of logs about log-ins that must name an address for their addresses to be judged: some lines of each log-in have none. */
const ADDRESS_SHARE = 0.25;
const LONGEST_NAME = 160;
/** Fields that lead from a result to other pages of Kibana; no default, since models of 0.1.0 stand for what the defaults were. */
const TRACES = ['trace.id', 'transaction.id'];
const CONTEXT_FIELDS = detectorSchema.parse({
  name: '-',
  source: { index: '-' },
  features: [{ type: 'text', field: '-' }],
}).context_fields;
const DEFAULT_SPAN = durationToMilliseconds(bucketSchema.parse({}).span);

/**
 * Proposes what to find anomalies with in a source of logs: a detector of single logs, of what the logs of an entity are in spans of
 * time, or both, where there are enough of them.
 *
 * @param given `proposal`: of a sample of the logs; `logs` came in `days`, both of the window of training
 */
export function proposeDetectors(given: {
  readonly index: string;
  readonly timestampField: string;
  readonly proposal: SampleProposal;
  readonly logs: number;
  readonly days: number;
}): SourceProposals {
  const { index, timestampField, proposal: looked, logs, days } = given;
  const { kind, fields, suggestions, entity_field: entity, bucket } = looked;
  if (kind === undefined) return { kind, proposals: [] };
  const features = suggestions.map(({ definition }) => definition);
  const entities = fields.find(({ field }) => field === entity)?.distinct ?? 0;
  const spans = (days * DAY) / DEFAULT_SPAN;
  const hasBuckets = entity !== undefined && logs >= FEWEST_LOGS_A_SPAN * spans;
  const traces = TRACES.filter((name) => fields.some(({ field }) => field === name));
  const source = { index, ...(timestampField !== '@timestamp' && { timestamp_field: timestampField }) };
  const proposal = (
    unit: Detector['unit'],
    given: LogsInWindow,
    settings: Partial<DetectorInput>,
  ): DetectorProposal[] => {
    const { logs: rows } = given;
    const aDay = proposeBudget(unit, given);
    const detector: DetectorInput = {
      name: nameOf(index, unit, settings.entity_field ?? entity),
      source,
      ...(entity !== undefined && { entity_field: entity }),
      ...(traces.length > 0 && { context_fields: [...CONTEXT_FIELDS, ...traces] }),
      ...settings,
      threshold: {
        method: 'adaptive',
        contamination: proposeShare(unit, given),
        alerts_per_day: aDay,
      },
    };
    try {
      parseDetector(detector);
    } catch {
      // A field may be called as no setting allows; nothing is proposed that could not be saved.
      return [];
    }
    return [
      {
        unit,
        detector,
        expectedAlertsPerDay: aDay,
        isReady: rows >= FEWEST_ROWS,
        rows,
        rowsNeeded: FEWEST_ROWS,
      },
    ];
  };
  return {
    kind,
    proposals: [
      ...(features.length === 0 ? [] : proposal('log', { logs, days }, { features })),
      ...(hasBuckets
        ? proposal('bucket', expectedRows(entities, DEFAULT_SPAN, days), {
            unit: 'bucket',
            bucket: withoutEmpty(bucket),
          })
        : []),
      ...addressesOf(looked).flatMap(({ field, distinct, share }) => {
        const { logs: spansOfAll } = expectedRows(distinct, DEFAULT_SPAN, days);
        // No row stands for the spans in which an address has no logs.
        const rows = { logs: Math.min(spansOfAll, Math.round(share * logs)), days };
        const bucket = withoutEmpty(proposeBucket(looked.fields, field).bucket);
        return proposal('bucket', rows, {
          unit: 'bucket',
          entity_field: field,
          ...(saysOutcome(looked.fields) ? countingFailedLogIns(bucket, field) : { bucket }),
        });
      }),
    ],
  };
}

/**
 * Returns the field with the address that somebody logs in from. What the logs of a host are together hides who tries thousands of
 * passwords; what those of an address are shows it, and names it.
 */
const addressesOf = ({ kind, entity_field: entity, fields }: SampleProposal) =>
  fields
    .filter(
      ({ field, kind: of, share }) =>
        kind === 'authentication' &&
        withoutKeyword(field) === 'source.ip' &&
        field !== entity &&
        of === 'value' &&
        share >= ADDRESS_SHARE,
    )
    .slice(0, 1);

const OUTCOMES = ['success', 'failure', 'unknown'];

/** Tells whether logs say how a log-in ended, as ECS has it. */
const saysOutcome = (fields: SampleProposal['fields']): boolean =>
  fields.some(
    ({ field, examples }) =>
      withoutKeyword(field) === 'event.outcome' && examples.every((example) => OUTCOMES.includes(example)),
  );

/** Returns settings whose errors are the log-ins that failed, by a name that titles of incidents have. */
function countingFailedLogIns(
  bucket: Partial<NonNullable<DetectorInput['bucket']>>,
  entityField: string,
): Partial<DetectorInput> {
  const counting = { ...bucket, errors: 'event.outcome:failure' };
  const features = defaultBucketFeatures(bucketSchema.parse(counting), [entityField]).flatMap((feature) => {
    if (!('field' in feature)) return [feature];
    // A mistyped password makes a large share of the few logs of its address.
    if (feature.field === ERROR_SHARE_FIELD) return [];
    return [feature.field === ERRORS_FIELD ? { ...feature, name: FAILED_LOG_INS } : feature];
  });
  return { bucket: counting, features };
}

/** Names are made of those of indices and fields alone, so that they read alike in every language. */
function nameOf(index: string, unit: Detector['unit'], entity: string | undefined): string {
  const name = printable(index, LONGEST_NAME);
  return unit === 'bucket' ? `${name} / ${printable(entity ?? '', 30)}` : name;
}

const withoutEmpty = <Settings extends object>(settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([, value]) =>
        !(typeof value === 'object' && value !== null && Object.keys(value as object).length === 0),
    ),
  ) as Settings;
