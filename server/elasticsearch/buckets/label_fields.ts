import type { estypes } from '@elastic/elasticsearch';
import type { BucketLabels } from '../../../common/buckets';
import { DetectionError } from '../../../common/detection_error';
import { readLabel } from '../../../common/log_features';
import { printable } from '../../../common/printable';
import type { LogRange } from '../../detection/ports';
import { aggregateLogs } from '../transport/aggregate_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes, queryOf, type FieldTypes } from '../transport/log_query';

/** Values of a label field that are looked at, the most frequent first. */
const MOST_VALUES = 1_000;
const EXAMPLES = 4;
const LONGEST_EXAMPLE = 100;

/** The ground truth of logs as Elasticsearch can sum it up. */
export interface LabelFields {
  /** Has doc values. */
  readonly anomaly: string;
  /** Its values that say that a log is anomalous, as they stand in the logs; none where all are normal. */
  readonly anomalous: readonly string[];
  /** Beside it, where the logs have them. */
  readonly kind?: string;
  readonly incident?: string;
}

const parentOf = (field: string): string => field.slice(0, Math.max(0, field.lastIndexOf('.')));

/** Returns whether each index that has the field can sum it up by its values, as a part of a flattened field as well. */
function hasValues(types: FieldTypes, field: string): boolean {
  if (types[parentOf(field)]?.flattened !== undefined) return true;
  const found = Object.entries(types[field] ?? {}).filter(([type]) => type !== 'unmapped');
  return found.length > 0 && found.every(([type, { aggregatable }]) => type !== 'flattened' && aggregatable);
}

const withKeyword = (field: string): string[] => [field, `${field}.keyword`];

/**
 * Finds where the logs of a range hold the ground truth: in the field, or in its `anomaly` where it is an object, with `kind` and
 * `incident` beside it, as `readGroundTruth` does.
 *
 * @throws DetectionError `invalid_input` where no log has a value that can be read as a label
 */
export async function labelFieldsOf(
  client: ElasticsearchClient,
  range: LogRange,
  field: string,
  options: RequestOptions,
): Promise<LabelFields> {
  const own = withKeyword(field);
  const inner = withKeyword(`${field}.anomaly`);
  // A part of a flattened field is found before a keyword of a text.
  const candidates = [own[0], inner[0], own[1], inner[1]];
  const beside = (place: string): string[] => ['kind', 'incident'].map((name) => place + name);
  const prefix = field.slice(0, field.lastIndexOf('.') + 1);
  const named = [prefix, `${field}.`].flatMap(beside).flatMap(withKeyword);
  const parents = [field, parentOf(field)].filter((name) => name !== '');
  const { types } = await fieldTypes(
    client,
    range.index,
    [...new Set([...candidates, ...named, ...parents])],
    options,
  );
  const anomaly = candidates.find((name) => hasValues(types, name));
  if (anomaly === undefined) {
    throw new DetectionError(
      'invalid_input',
      `label field: "${range.index}" has no field "${field}" with values that can be summed up; allowed: a boolean, number or keyword field`,
    );
  }
  const anomalous = await anomalousValues(client, range, { anomaly, field }, options);
  const place = inner.includes(anomaly) ? `${field}.` : prefix;
  const fieldFor = (name: string): string | undefined =>
    withKeyword(place + name).find((each) => hasValues(types, each));
  const [kind, incident] = [fieldFor('kind'), fieldFor('incident')];
  return { anomaly, anomalous, ...(kind && { kind }), ...(incident && { incident }) };
}

async function anomalousValues(
  client: ElasticsearchClient,
  range: LogRange,
  { anomaly, field }: { readonly anomaly: string; readonly field: string },
  options: RequestOptions,
): Promise<string[]> {
  const found = await aggregateLogs(
    client,
    {
      index: range.index,
      query: queryOf(range),
      aggs: { labels: { terms: { field: anomaly, size: MOST_VALUES } } },
      what: `read the labels of "${range.index}"`,
    },
    options,
  );
  const buckets = (found?.labels as { buckets?: { key: unknown; key_as_string?: string }[] } | undefined)
    ?.buckets;
  // A boolean counts as 1 or 0, and is written as true or false.
  const values = (buckets ?? []).map(({ key, key_as_string: text }) => text ?? String(key));
  const labels = values.map(readLabel);
  if (labels.every((label) => label === undefined)) {
    const examples = values
      .slice(0, EXAMPLES)
      .map((value) => JSON.stringify(printable(value, LONGEST_EXAMPLE)));
    throw new DetectionError(
      'invalid_input',
      `label field: ${examples.length === 0 ? `none of the logs has a label in "${field}"` : `"${field}" holds ${examples.join(', ')}`}; allowed: true or false, 1 or 0, "anomaly" or "normal"`,
    );
  }
  return values.filter((_value, place) => labels[place] === true);
}

/** Returns what a row sums up of the labels of its logs. */
export function labelMeasures({
  anomaly,
  anomalous,
  kind,
  incident,
}: LabelFields): Record<string, estypes.AggregationsAggregationContainer> {
  const most = (field: string): estypes.AggregationsAggregationContainer => ({ terms: { field, size: 1 } });
  return {
    anomalous: {
      filter: { terms: { [anomaly]: [...anomalous] } },
      aggs: {
        ...(kind !== undefined && { kind: most(kind) }),
        ...(incident !== undefined && { incident: most(incident) }),
      },
    },
  };
}

interface MostFrequent {
  readonly buckets: readonly { readonly key: unknown }[];
}

/** @param anomalous answer to {@link labelMeasures} */
export function labelsOf(anomalous: {
  readonly doc_count: number;
  readonly kind?: MostFrequent;
  readonly incident?: MostFrequent;
}): BucketLabels {
  if (anomalous.doc_count === 0) return { anomaly: 'false' };
  const [kind, incident] = [anomalous.kind, anomalous.incident].map((most) =>
    String(most?.buckets[0]?.key ?? ''),
  );
  return { anomaly: 'true', ...(kind !== '' && { kind }), ...(incident !== '' && { incident }) };
}
