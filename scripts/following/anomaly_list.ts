import colors from 'picocolors';
import { shownConfidence, type AnomalyResult, type Severity } from '../../common/anomaly';
import { spanOf } from '../../common/buckets';
import { sentenceOf, subjectOf, tellingOf } from '../../common/explanations';
import { mergeResults, type Finding } from '../../common/findings';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { printable, type Session } from '../command_line/session';
import type { FollowOptions } from './options';

/** Time after which a shown result is forgotten, relative to the longest bucket: new results cannot overlap it any more. */
const SPANS_REMEMBERED = 3;

/**
 * The one list of all detectors. A bucket is judged after its end, when single logs in it were shown already: those stay as
 * they are, and the bucket says how many there were; a log that comes after its bucket is not shown again.
 */
export function createList(
  session: Session,
  options: FollowOptions,
  followers: readonly { readonly snapshot: ModelSnapshot }[],
): { show(found: readonly AnomalyResult[]): void; readonly rows: number } {
  const isOne = followers.length === 1;
  const longest = Math.max(...followers.map(({ snapshot }) => spanOf(snapshot.detector)));
  let shown: AnomalyResult[] = [];
  /** Rows of what is shown, until they become a part of another. */
  const leads = new Set<AnomalyResult>();
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    show(found) {
      if (found.length === 0) return;
      const before = new Set(shown);
      const all = [...shown, ...found];
      const merged = mergeResults(all, (result) => result);
      const fresh = merged.filter(({ lead }) => !before.has(lead));
      for (const { lead, parts } of fresh) {
        leads.add(lead);
        rows += 1 - parts.filter((part) => leads.delete(part)).length;
      }
      const limited =
        session.json || fresh.length <= options.limit
          ? fresh
          : [...fresh]
              .sort((left, right) => right.confidence - left.confidence)
              .slice(0, options.limit)
              .sort((left, right) => (left.lead['@timestamp'] < right.lead['@timestamp'] ? -1 : 1));
      for (const finding of limited) {
        const { lead, parts, found_by } = finding;
        session.emit(isOne ? lead : { ...lead, found_by, parts }, () =>
          describe(lead, options.context, isOne ? undefined : finding),
        );
      }
      if (limited.length < fresh.length)
        session.say(`… and ${fresh.length - limited.length} more (all are stored).`);
      if (isOne) return;
      const times = all.map((result) => Date.parse(result['@timestamp']));
      const newest = times.reduce((latest, time) => Math.max(latest, time), -Infinity);
      const oldest = newest - SPANS_REMEMBERED * longest;
      shown = all.filter((_result, place) => times[place] >= oldest);
      const kept = new Set(shown);
      for (const lead of leads) if (!kept.has(lead)) leads.delete(lead);
    },
  };
}

const PAINT: Record<Severity, (text: string) => string> = {
  critical: (text) => colors.bold(colors.red(text)),
  major: colors.red,
  minor: colors.yellow,
  warning: colors.cyan,
};

/** One anomaly for people: when and where, how sure, the log line, and the features that made it so. */
function describe(
  result: AnomalyResult,
  features: number,
  finding?: Pick<Finding<AnomalyResult>, 'found_by' | 'parts'>,
): string {
  const { anomaly } = result;
  const line =
    typeof result.message === 'string' ? result.message : JSON.stringify(result.url ?? result.source);
  return [
    `${PAINT[anomaly.severity](anomaly.severity.toUpperCase().padEnd(8))} ${result['@timestamp']}  confidence ${shownConfidence(anomaly.confidence, 1)}%  score ${anomaly.score.toFixed(4)}${anomaly.entity === undefined ? '' : `  ${printable(anomaly.entity, 60)}`}`,
    ...(finding === undefined
      ? []
      : [
          colors.dim(
            `  found by: ${finding.found_by.join(' + ')}${finding.parts.length > 0 ? ` (${finding.parts.length} more within)` : ''}`,
          ),
        ]),
    `  ${printable(line, 180)}`,
    ...tellingOf(anomaly.attribution.slice(0, features)).map((part) =>
      colors.dim(
        `  ${`${Math.round(part.share * 100)}%`.padStart(4)}  ${printable(`${subjectOf(part)} ${sentenceOf(part)}`, 200)}`,
      ),
    ),
  ].join('\n');
}
