import { severityOf, SEVERITIES, type AnomalyResult, type Severity } from '../../../common/anomaly';
import { USUAL_CHARACTERS, VALUE_CHARACTERS } from '../../../common/anomaly/comparison';
import { entitySettingOf, namedParts } from '../../../common/detector';
import { reasonOf } from '../../../common/explanations';
import { wellFormedJson } from '../../../common/json_values';
import { codeOf, namesOf } from '../../../common/log_features/category/severity_codes';
import { kqlOf, kqlOfForms, NO_ENTITY, OTHER_ENTITIES, patternText } from '../../../common/patterns';
import { printable } from '../../../common/printable';
import type { FoundChange } from '../ports/patterns';
import { copiedFields } from './result_context';
import type { ResultOrigin } from './result_documents';

/** A surge of so many times the usual, and a drop to such a part of it, is a worse one. */
const LARGE_CHANGE = 10;
/** Levels from here on are those of errors. */
const ERROR_BADNESS = 2;
/** Decimal digits of a chance at which a change stands at the end of its band. */
const SURE_DIGITS = 20;
/** A change never reaches the next band by being sure. */
const MOST_OF_A_BAND = 0.99;
/** Confidence at the threshold, and the least of a change. */
const THRESHOLD = 0.5;

/** Ids of results of patterns begin so; those of logs are ids of documents. */
const CHANGE_ID = 'pattern';
const LEVEL_FIELD = 'log.level';
/** Names in ids, which are read by people as well. */
const NAMES_OF_NONE: Readonly<Record<string, string>> = {
  [NO_ENTITY]: '(none)',
  [OTHER_ENTITIES]: '(others)',
};

const isError = (level: string | undefined): boolean =>
  level !== undefined && (namesOf('level').get(codeOf(level)) ?? 0) >= ERROR_BADNESS;

/** Severity of a change: by its kind and size, and one band more where logs of errors become more. */
export function severityOfChange({ finding, pattern }: Pick<FoundChange, 'finding' | 'pattern'>): Severity {
  const { change, count, usual } = finding;
  const isWorse = isError(pattern.level);
  switch (change) {
    case 'new':
      return isWorse ? 'major' : 'minor';
    case 'surging': {
      const isLarge = count >= LARGE_CHANGE * Math.max(usual, 1);
      return isLarge ? (isWorse ? 'critical' : 'major') : isWorse ? 'major' : 'minor';
    }
    case 'dropping':
      return count * LARGE_CHANGE <= usual ? 'minor' : 'warning';
    case 'vanished':
      return 'minor';
    case 'returned':
      return isWorse ? 'minor' : 'warning';
  }
}

/** Confidence within the band of the severity: the less likely by chance, the higher. */
function confidenceOf(found: FoundChange): number {
  const severity = severityOfChange(found);
  const place = SEVERITIES.findIndex(({ name }) => name === severity);
  const from = Math.max(THRESHOLD, SEVERITIES[place].from / 100);
  const to = place === 0 ? 1 : SEVERITIES[place - 1].from / 100;
  const { chance = 1 } = found.finding;
  const sureness = Math.min(MOST_OF_A_BAND, -Math.log10(Math.max(chance, 1e-300)) / SURE_DIGITS);
  return from + (to - from) * sureness;
}

/** A result that tells of a pattern in one bucket, as it is stored. Found again it has the same id. */
export function changeResult(
  { detectorId, snapshot, runId, now }: Omit<ResultOrigin, 'reached'>,
  found: FoundChange,
): AnomalyResult {
  const { finding, pattern, span, field, search } = found;
  const { change, time, count, usual, chance, lastSeen } = finding;
  const { detector } = snapshot;
  const entity =
    finding.entity === NO_ENTITY || finding.entity === OTHER_ENTITIES ? undefined : finding.entity;
  const entityName = NAMES_OF_NONE[finding.entity ?? ''] ?? finding.entity ?? '';
  const parts = namedParts(entity, detector);
  const copied = new Set(copiedFields(detector));
  const isCopied = copied.has(field);
  const text = isCopied ? patternText(pattern.tokens) : pattern.id;
  const confidence = confidenceOf(found);
  const expected = Number(usual.toPrecision(3));
  const attribution: AnomalyResult['anomaly']['attribution'] = [
    {
      feature: `${field} (pattern)`,
      field,
      share: 1,
      actual: printable(text, VALUE_CHARACTERS),
      typical: printable(`${expected} ${expected === 1 ? 'log' : 'logs'}`, USUAL_CHARACTERS),
      comparison: {
        kind: 'change',
        value: printable(text, VALUE_CHARACTERS),
        change,
        count,
        expected,
      },
    },
  ];
  const start = new Date(time).toISOString();
  return wellFormedJson<AnomalyResult>({
    // The example is the first log of the pattern: of a change that came later it is none.
    ...(isCopied && { message: change === 'new' ? pattern.example : text }),
    ...(pattern.level !== undefined && copied.has(LEVEL_FIELD) && { log: { level: pattern.level } }),
    '@timestamp': start,
    event: {
      kind: 'alert',
      ingested: new Date(now).toISOString(),
      ...{ start, end: new Date(time + span).toISOString() },
    },
    detector: { id: detectorId, name: detector.name },
    model: { version: snapshot.version },
    anomaly: {
      score: confidence,
      confidence,
      severity: severityOf(confidence),
      threshold: THRESHOLD,
      attribution,
      reason: reasonOf(attribution),
      entity,
      ...(parts && { entity_parts: parts }),
      ...(entity !== undefined && { entity_field: entitySettingOf(detector) }),
      top_feature: `${field} (pattern)`,
      top_value: printable(text, VALUE_CHARACTERS),
      pattern: text,
      change: {
        kind: change,
        pattern_id: pattern.id,
        count,
        expected: Number(usual.toPrecision(6)),
        ...(chance !== undefined && { chance }),
        ...(lastSeen !== undefined && { last_seen: new Date(lastSeen).toISOString() }),
        kql: isCopied ? kqlOfForms(pattern, field, search) : kqlOf([], field, search),
      },
    },
    source: {
      index: detector.source.index,
      id: [CHANGE_ID, pattern.id, change, entityName, time].join('/'),
    },
    run: { id: runId },
    result: { type: 'log' },
  });
}
