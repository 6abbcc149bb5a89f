import { z } from 'zod';
import { BUCKET_CONTAMINATION } from '../../../../common/buckets/propose_bucket';
import {
  entityFieldsOf,
  entitySettingOf,
  MOST_ENTITY_FIELDS,
} from '../../../../common/detector/entity_fields';
import { defaultBucketFeatures } from '../../../../common/detector/bucket_fields';
import {
  bucketSchema,
  durationSchema,
  durationToMilliseconds,
  featureSchema,
  SESSION_DEFAULTS,
  type Detector,
  type DetectorInput,
  type FeatureDefinition,
} from '../../../../common/detector';
import { newDetectorSchema } from '../../../../common/detector/query_limits';
import { problemText } from '../../../shared/values/problem_text';
import { DAY } from '../../../../common/duration';

/** A detector that is being written: whole, but perhaps not valid yet. */
export type Draft = Omit<DetectorInput, 'features'> & {
  features: Partial<FeatureDefinition>[];
  /** Input for options that are not selected at the moment; restored when they are selected again. Never saved. */
  aside?: Aside;
};
type OfUnit = Pick<Draft, 'features' | 'bucket' | 'scoring'>;
interface Aside {
  /** Of the unit that is not chosen. */
  readonly otherUnit?: OfUnit;
  /** Of buckets, while all numbers of the row are looked at. */
  readonly namedFeatures?: Draft['features'];
  /** Number of anomalies a day that was proposed; another one was typed, or came from a file. */
  readonly proposedBudget?: number;
}

/** Feature suggested by the server. */
export interface Suggestion {
  readonly definition: FeatureDefinition;
  readonly reason: string;
  readonly examples: readonly string[];
  readonly coverage: number;
}

/** Shares of logs to flag that the slider stops at. */
export const CONTAMINATIONS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1] as const;
export const DEFAULT_CONTAMINATION = 0.01;
export const DEFAULT_WINDOW = '7d';
/** Defaults of a bucket detector without settings. */
export const BUCKET_DEFAULTS = bucketSchema.parse({});

export const emptyDraft = (): Draft => ({
  name: '',
  source: { index: '', kql: '' },
  features: [],
  threshold: {
    method: 'adaptive',
    contamination: DEFAULT_CONTAMINATION,
  },
});

/** The draft to edit a saved detector with: the features that a bucket detector has by default follow its settings. */
export function draftOf(detector: Detector): Draft {
  const { unit, bucket, features } = detector;
  const entityFields = entityFieldsOf(detector);
  if (unit !== 'bucket' || bucket === undefined || entityFields.length === 0) return detector;
  const [own, usual] = [features, defaultBucketFeatures(bucket, entityFields)].map((each) =>
    // the units of durations were not always there
    JSON.stringify(
      z
        .array(featureSchema)
        .safeParse(each)
        .data?.map(({ unit: _unit, ...rest }) => rest),
    ),
  );
  return own === usual ? { ...detector, features: [] } : detector;
}

/** Returns the default features of a bucket detector; its entity may still be missing. */
export const usualFeatures = (draft: Draft): Draft['features'] =>
  defaultBucketFeatures(
    {
      ...BUCKET_DEFAULTS,
      ...draft.bucket,
      latency: draft.bucket?.latency || undefined,
      session: draft.bucket?.session && { ...SESSION_DEFAULTS, ...draft.bucket.session },
    },
    entityFieldsOf({ entity_field: '', ...draft }),
  );

/** Returns the settings of a draft that is grouped by these fields: at most three, none where it is not grouped. */
const groupedBy = (fields: readonly string[]): Pick<Draft, 'entity_field' | 'entity_fields'> =>
  fields.length > 1
    ? { entity_field: undefined, entity_fields: fields.slice(0, MOST_ENTITY_FIELDS) }
    : // Empty, not undefined: nobody is proposed again what was taken away.
      { entity_field: fields[0] ?? '', entity_fields: undefined };

/** Returns the fields that a draft is grouped by. */
export const groupingOf = (draft: Pick<Draft, 'entity_field' | 'entity_fields'>): readonly string[] =>
  entityFieldsOf(draft).filter(Boolean);

/** True while the number of anomalies a day is the one that was proposed. */
export const isBudgetProposed = ({ threshold, aside }: Draft): boolean =>
  threshold?.method === 'adaptive' &&
  (threshold.alerts_per_day === undefined || threshold.alerts_per_day === aside?.proposedBudget);

/** Takes back the budget that was proposed, as it was for other rows: the next one waits until they are counted. */
const withoutProposal = (draft: Draft, unit: Draft['unit']): Pick<Draft, 'threshold'> =>
  draft.threshold?.method === 'adaptive' && isBudgetProposed(draft)
    ? {
        threshold: {
          ...draft.threshold,
          contamination: unit === 'bucket' ? BUCKET_CONTAMINATION : DEFAULT_CONTAMINATION,
          alerts_per_day: undefined,
        },
      }
    : {};

/** Judges single logs or buckets of them; what was typed for the other unit is kept aside. */
export function withUnit(draft: Draft, unit: NonNullable<Draft['unit']>): Draft {
  const { unit: before = 'log', features, bucket, scoring, aside, ...rest } = draft;
  if (unit === before) return draft;
  const chosen: OfUnit = aside?.otherUnit ?? {
    features: [],
    ...(unit === 'bucket' && { bucket: {} }),
  };
  return {
    ...rest,
    ...chosen,
    ...withoutProposal(draft, unit),
    ...(chosen.scoring && withScoring(draft, chosen.scoring)),
    unit,
    aside: { ...aside, otherUnit: { features, bucket, scoring }, proposedBudget: undefined },
  };
}

/**
 * Returns the changes that group a draft by these fields, see {@link groupedBy}: what features of buckets are compared within follows,
 * unless it is narrower than all fields of before.
 */
export function regrouped(draft: Draft, fields: readonly string[]): Partial<Draft> {
  const grouping = groupedBy(fields);
  const before = groupingOf(draft);
  // No fields stand for all of those that there will be.
  const chosen = groupingOf(grouping);
  const by = (chosen.length === 1 ? chosen[0] : chosen) as FeatureDefinition['by'];
  const follow = (features: Draft['features']): Draft['features'] =>
    features.map((feature) =>
      feature.by !== undefined && isWhole(feature.by, before) ? { ...feature, by } : feature,
    );
  const { unit, features, aside } = draft;
  if (unit === 'bucket') {
    return {
      ...grouping,
      features: follow(features),
      ...(aside?.namedFeatures && { aside: { ...aside, namedFeatures: follow(aside.namedFeatures) } }),
    };
  }
  if (aside === undefined) return grouping;
  const { otherUnit, namedFeatures } = aside;
  return {
    ...grouping,
    aside: {
      ...aside,
      ...(otherUnit && { otherUnit: { ...otherUnit, features: follow(otherUnit.features) } }),
      ...(namedFeatures && { namedFeatures: follow(namedFeatures) }),
    },
  };
}

/** True where a feature is compared within all fields that a draft is grouped by, in whatever order. */
function isWhole(by: FeatureDefinition['by'], grouping: readonly string[]): boolean {
  const parts = [by ?? []].flat().filter(Boolean);
  return parts.length === grouping.length && isWithin(parts, grouping);
}

const isWithin = (parts: readonly unknown[], grouping: readonly string[]): boolean =>
  parts.every((part) => grouping.some((field) => field === part));

/** Returns the draft with named features, or without any, which means all numbers of the row. */
export const withNamedFeatures = (draft: Draft, areNamed: boolean): Draft =>
  areNamed
    ? { ...draft, features: draft.aside?.namedFeatures ?? usualFeatures(draft) }
    : { ...draft, features: [], aside: { ...draft.aside, namedFeatures: draft.features } };

/**
 * Returns the changes that judge sessions by their id, or spans of time again. Features that were named go: those of a row of one kind
 * are compared with its earlier rows, which the other has not, or read what the other lacks.
 */
export const withSessions = (draft: Draft, areJudged: boolean): Partial<Draft> => ({
  bucket: {
    ...draft.bucket,
    session: areJudged ? { field: groupingOf(draft).find((name) => /id$/i.test(name)) ?? '' } : undefined,
  },
  features: [],
  ...withoutProposal(draft, 'bucket'),
  aside: { ...draft.aside, namedFeatures: undefined, proposedBudget: undefined },
});

export interface Checked {
  readonly detector: Detector | undefined;
  /** By the path of the setting, e.g. `source.index`; without its name. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Turns KQL into a query of Elasticsearch; throws with a message for people. */
export type KqlReader = (kql: string) => Record<string, unknown> | undefined;

/**
 * The same check as on the server, for each setting; where the draft has KQL, its query is made of it.
 *
 * @param readKql Kibana lends it to the browser alone
 */
export function checkDraft(draft: Draft, readKql: KqlReader): Checked {
  let { source } = draft;
  if (source.kql !== undefined) {
    try {
      source = { ...source, kql: source.kql || undefined, query: readKql(source.kql) };
    } catch (error) {
      return { detector: undefined, problems: new Map([['source.query', (error as Error).message]]) };
    }
  }
  const cleaned = documentOf({ ...draft, source });
  const parsed = newDetectorSchema.safeParse(cleaned);
  if (parsed.success) return { detector: parsed.data, problems: new Map() };
  const problems = new Map(
    parsed.error.issues.map((issue) => [issue.path.join('.'), problemText(issue, cleaned)]),
  );
  // Problems of the derived features follow from other settings that have a problem themselves.
  if (draft.unit === 'bucket' && problems.size > 1) problems.delete('features');
  return { detector: undefined, problems };
}

/** The draft as it would be saved, for people to read or to be checked. */
export function documentOf({ aside: _aside, ...draft }: Draft): Draft {
  const entityField = draft.entity_field || undefined;
  const plain = {
    ...draft,
    entity_field: entityField,
    // An empty text stands for no field, and one that ends with a comma for those before it.
    ...(draft.context_fields && { context_fields: draft.context_fields.filter(Boolean) }),
  };
  const { events, session } = draft.bucket ?? {};
  // A session is its own entity, which follows from its field.
  const entity = session === undefined ? plain : { entity_field: session.field };
  const whole = entitySettingOf(entity) as FeatureDefinition['by'];
  const grouping = groupingOf(entity);
  // A bucket is compared with those of its own entity, or of some of its fields.
  const withinEntity = (by: FeatureDefinition['by']): FeatureDefinition['by'] => {
    const parts = [by ?? []].flat();
    return parts.length > 0 && isWithin(parts, grouping) ? by : whole;
  };
  if (draft.unit !== 'bucket') return plain;
  return {
    ...plain,
    ...(session && { entity_field: undefined, entity_fields: undefined }),
    ...(draft.bucket && {
      bucket: {
        ...draft.bucket,
        latency: draft.bucket.latency || undefined,
        events: events?.field ? events : undefined,
        session,
      },
    }),
    features: draft.features.map((feature) =>
      feature.type === 'deviation' || feature.by !== undefined
        ? { ...feature, by: withinEntity(feature.by) }
        : feature,
    ),
  };
}

/** The share of logs that a draft calls anomalous; undefined where the threshold is a fixed score. */
export const contaminationOf = ({ threshold }: Draft): number | undefined =>
  threshold === undefined || threshold.method === 'fixed'
    ? undefined
    : (threshold.contamination ?? DEFAULT_CONTAMINATION);

/** Rows a day of an entity that is always there; undefined while the span cannot be read. */
export function rowsPerDay({ bucket }: Draft): number | undefined {
  // Sessions come as they do.
  if (bucket?.session !== undefined) return undefined;
  const span = durationSchema.safeParse(bucket?.span ?? BUCKET_DEFAULTS.span).data;
  return span === undefined ? undefined : DAY / durationToMilliseconds(span);
}

/**
 * @param logs in the training window, or rows
 * @param days that they came in
 */
export const alertsPerDay = ({ logs, days }: { logs: number; days: number }, contamination: number): number =>
  (logs * contamination) / days;

/** A draft that Elasticsearch scores has no adaptive threshold: the pipeline holds it. */
export function withScoring(draft: Draft, scoring: 'job' | 'ingest'): Partial<Draft> {
  const { threshold } = draft;
  if (scoring === 'job' || threshold?.method !== 'adaptive') return { scoring };
  const { contamination = DEFAULT_CONTAMINATION } = threshold;
  return { scoring, threshold: { method: 'contamination', contamination } };
}

/** Fields of the form that show and change a part of a draft. */
export interface DraftFieldsProps {
  readonly draft: Draft;
  readonly change: (changes: Partial<Draft>) => void;
  /** Returns the problem with a setting, once the user has tried to continue. */
  readonly problem: (path: string) => string | undefined;
}
