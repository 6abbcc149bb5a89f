import React, { type ReactElement } from 'react';
import { EuiButton, EuiButtonEmpty, EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Detector } from '../../../common/detector';
import { allowedShare } from '../../../common/scanning/propose_budget';
import { icon } from '../../kibana/icons';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { detectorPath } from '../../shared/app/location';
import { flagQuery } from '../../shared/detector/handed_threshold';
import type { DetectorView } from '../../shared/detector/detector_view';
import { useRequest } from '../../shared/requests/use_request';
import { formatCount, formatScore, formatShare, formatSpan, formatTime } from '../../shared/values/format';
import type { Interval } from '../../shared/values/time_range';
import { changedQuery, entitiesChosen, type ExplorerQuery } from './explorer_query';

type Summary = Answer<'summarizeResults'>;
type Bucket = Summary['groups'][number]['buckets'][number];

/** Confidence at the threshold. */
const CONFIDENCE_OF_ANOMALIES = 0.5;

/** Numbers found in the time that is shown; undefined until they are counted. */
interface Found {
  readonly results: number | undefined;
  readonly incidents: number | undefined;
}

/** True where what is shown was scored, nothing of it counts as anomalous, and no filter among anomalies is why. */
function isNothingAnomalous(
  { severity, feature, query, withHidden }: ExplorerQuery,
  { groups }: Summary,
  found: Found,
): boolean {
  return (
    severity === undefined &&
    feature === undefined &&
    query === '' &&
    !withHidden &&
    found.results === 0 &&
    found.incidents === 0 &&
    groups.every(({ anomalies }) => anomalies === 0)
  );
}

/** Returns the span of time that came nearest to an anomaly; undefined where none says how near it came. */
export const nearestOf = ({ groups }: Pick<Summary, 'groups'>): Bucket | undefined =>
  groups
    .flatMap(({ buckets }) => buckets)
    .filter(({ max_confidence: confidence }) => confidence !== null)
    .sort((one, other) => nearnessOf(other) - nearnessOf(one))[0];

/** Confidence first; of logs that are equally sure the score tells them apart. */
const nearnessOf = ({ max_confidence: confidence, max_score: score }: Bucket): number =>
  (confidence ?? 0) + (score ?? 0) / 1_000;

type Shown = Pick<DetectorView, 'record' | 'status'> & {
  readonly summary: Summary;
  readonly interval: Interval;
};

/** Logs were scored and none is anomalous: says how near the nearest came, and what flags more. */
export function NothingAnomalous(
  props: Shown & { chosen: ExplorerQuery; found: Found },
): ReactElement | null {
  const { chosen, found, ...shown } = props;
  return isNothingAnomalous(chosen, shown.summary, found) ? <NearMiss {...shown} chosen={chosen} /> : null;
}

function NearMiss({
  record,
  status,
  summary,
  interval,
  chosen,
}: Shown & { chosen: ExplorerQuery }): ReactElement {
  const { api, canWrite, go, setQuery } = useApp();
  const scope = { detector_id: record.id, ...entitiesChosen(chosen), ...interval };
  // Anomalies that people or quiet times hide are no reason to flag more.
  const hidden = useRequest(
    (signal) => api('searchResults', { query: { ...scope, status: 'suppressed', size: 0 } }, signal),
    [api, JSON.stringify(scope)],
  );
  const hiddenCount = hidden.value?.total ?? 0;
  const { unit, threshold } = record.detector;
  const scored = scoredText(unit, summary);
  const more = moreOf(threshold, nearestOf(summary)?.max_confidence ?? 0);
  return (
    <EuiEmptyPrompt
      titleSize="s"
      iconType={icon('magnifyWithExclamation')}
      data-test-subj="logAnomaliesNothingAnomalous"
      title={
        <h2>
          {i18n.translate('logAnomalies.near.title', { defaultMessage: 'Nothing stood out in this time' })}
        </h2>
      }
      body={
        hiddenCount > 0 ? (
          <p>
            {scored}{' '}
            {i18n.translate('logAnomalies.near.hidden', {
              defaultMessage:
                '{count, plural, one {One anomaly is} other {{shown} anomalies are}} hidden by feedback or quiet times.',
              values: { count: hiddenCount, shown: formatCount(hiddenCount) },
            })}
          </p>
        ) : (
          <>
            <p>
              {scored} {nearestText(summary, status.last_run?.threshold ?? status.model?.threshold)}
            </p>
            <p>{keptText(threshold, more)}</p>
          </>
        )
      }
      actions={[
        ...(hiddenCount > 0
          ? [
              <EuiButton
                key="hidden"
                onClick={() => setQuery({ ...changedQuery({ withHidden: true }), view: 'anomalies' })}
              >
                {i18n.translate('logAnomalies.filter.hidden', { defaultMessage: 'Show hidden' })}
              </EuiButton>,
            ]
          : canWrite
            ? [
                <EuiButton
                  key="more"
                  onClick={() => go(detectorPath(record.id, 'edit'), flagQuery(more))}
                  data-test-subj="logAnomaliesFlagMore"
                >
                  {i18n.translate('logAnomalies.near.more', {
                    defaultMessage: 'Preview what flagging more would show',
                  })}
                </EuiButton>,
              ]
            : []),
        <EuiButtonEmpty
          key="wider"
          onClick={() => setQuery(changedQuery({ range: { from: 'now-30d', to: 'now' }, entities: [] }))}
        >
          {i18n.translate('logAnomalies.nothing.wider', { defaultMessage: 'Look at the last 30 days' })}
        </EuiButtonEmpty>,
      ]}
    />
  );
}

function scoredText(unit: Detector['unit'], { groups }: Summary): string {
  const count = groups.reduce((sum, { logs }) => sum + logs, 0);
  const values = { count, shown: formatCount(count) };
  return unit === 'bucket'
    ? i18n.translate('logAnomalies.near.scoredRows', {
        defaultMessage:
          '{count, plural, one {One row was scored} other {{shown} rows were scored}}, none is an anomaly.',
        values,
      })
    : i18n.translate('logAnomalies.near.scored', {
        defaultMessage:
          '{count, plural, one {One log was scored} other {{shown} logs were scored}}, none is an anomaly.',
        values,
      });
}

/** @param threshold the score that anomalies begin at now */
function nearestText(summary: Summary, threshold: number | undefined): string {
  const nearest = nearestOf(summary);
  if (nearest?.max_score == null) return '';
  const values = {
    // Rounded up it could read as if it had reached the threshold.
    confidence: Math.floor((nearest.max_confidence ?? 0) * 100),
    score: formatScore(nearest.max_score),
    time: formatTime(nearest.time),
    span: formatSpan(summary.interval_ms),
    least: CONFIDENCE_OF_ANOMALIES * 100,
  };
  // Above 1 no score reaches it; one that is not above the nearest was another when that was scored, or is of another model.
  return threshold === undefined || threshold > 1 || threshold <= nearest.max_score
    ? i18n.translate('logAnomalies.near.nearest', {
        defaultMessage:
          'The highest came to a confidence of {confidence} of 100 (score {score}), within {span} from {time}; anomalies begin at {least}.',
        values,
      })
    : i18n.translate('logAnomalies.near.nearestBelow', {
        defaultMessage:
          'The highest came to a confidence of {confidence} of 100 (score {score}), within {span} from {time}; anomalies begin at {least}, now a score of {threshold}.',
        values: { ...values, threshold: formatScore(threshold) },
      });
}

/** More of the everyday than anybody would look through. */
const MOST_TIMES = 100;

/**
 * Returns the number of anomalies a day, or the share of logs, that would have shown the nearest log: below the threshold its confidence
 * c / (2 p) tells how many times as many logs score as high.
 *
 * @returns undefined where that is more than anybody would look through, or the threshold is a score
 */
function moreOf(threshold: Detector['threshold'], confidence: number): number | undefined {
  const times = CONFIDENCE_OF_ANOMALIES / Math.max(confidence, 1e-9);
  if (times > MOST_TIMES || threshold.method === 'fixed') return undefined;
  return threshold.method === 'adaptive'
    ? Math.ceil(threshold.alerts_per_day * times)
    : allowedShare(threshold.contamination * times);
}

/**
 * Says what keeps the number of anomalies down, and how much more would have shown the nearest log.
 *
 * @param more see {@link moreOf}
 */
function keptText(threshold: Detector['threshold'], more: number | undefined): string {
  switch (threshold.method) {
    case 'adaptive': {
      const values = { count: formatCount(threshold.alerts_per_day) };
      return more !== undefined
        ? i18n.translate('logAnomalies.near.budgetInReach', {
            defaultMessage:
              'This detector keeps to a number of anomalies a day, now {count}; with about {more} it would have shown this one. After a change, score the past again on the tab “Jobs”.',
            values: { ...values, more: formatCount(more) },
          })
        : i18n.translate('logAnomalies.near.budget', {
            defaultMessage:
              'This detector keeps to a number of anomalies a day, now {count}, and these logs are everyday ones.',
            values,
          });
    }
    case 'contamination': {
      const values = { share: formatShare(threshold.contamination) };
      return more !== undefined
        ? i18n.translate('logAnomalies.near.shareInReach', {
            defaultMessage:
              'This detector flags about {share} of such logs as it learned from; with {more} it would have shown this one. After a change, score the past again on the tab “Jobs”.',
            values: { ...values, more: formatShare(more) },
          })
        : i18n.translate('logAnomalies.near.share', {
            defaultMessage:
              'This detector flags about {share} of such logs as it learned from, and these are everyday ones.',
            values,
          });
    }
    case 'fixed':
      return i18n.translate('logAnomalies.near.fixed', {
        defaultMessage:
          'This detector has a fixed threshold; a lower one would have shown more. After a change, score the past again on the tab “Jobs”.',
      });
  }
}
