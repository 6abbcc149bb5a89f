import React, { type ReactElement } from 'react';
import {
  EuiCallOut,
  EuiCheckbox,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSpacer,
  EuiStat,
  EuiText,
  useEuiTheme,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { SUPPRESSION_LIMITS, type Consequence } from '../../../common/suppressions/limits';
import type { Answer } from '../../shared/app/api_client';
import { entityName } from '../../shared/values/entity_name';
import { formatCount, formatShare, formatTime } from '../../shared/values/format';
import { TimeBars } from '../../shared/charts/time_bars';
import { reasonText } from '../../shared/results/sentence_text';
import { DAY } from '../../../common/duration';

export type Replay = Answer<'previewSuppression'>;

const { replayDays } = SUPPRESSION_LIMITS;

/** Shows the effect that a suppression would have had in the last weeks: anomalies a day before and after, and how many are hidden. */
export function ReplayReport({ replay }: { replay: Replay }): ReactElement {
  const { days, results, confirmed_hidden: confirmed, contradictions } = replay;
  const daysWithLogs = replay.days_with_logs;
  const { euiTheme } = useEuiTheme();
  const [before, after] = [results.before, results.after].map((count) => formatCount(count / daysWithLogs));
  return (
    <div data-test-subj="logAnomaliesReplay">
      <EuiFlexGroup responsive={false} wrap gutterSize="l">
        <Figure
          value={before}
          what={i18n.translate('logAnomalies.replay.before', {
            defaultMessage: 'anomalies a day so far',
          })}
        />
        {after !== before && (
          <Figure
            value={after}
            what={i18n.translate('logAnomalies.replay.after', {
              defaultMessage: 'anomalies a day with it',
            })}
          />
        )}
        <Figure
          value={formatCount(results.hidden)}
          what={i18n.translate('logAnomalies.replay.hidden', {
            defaultMessage: 'of {count, plural, one {{results} anomaly} other {{results} anomalies}} hidden',
            values: { count: results.before, results: formatCount(results.before) },
          })}
        />
      </EuiFlexGroup>
      <EuiSpacer size="s" />
      <TimeBars
        times={days.map(({ time }) => Date.parse(time))}
        intervalMilliseconds={DAY}
        height={160}
        series={[
          {
            name: i18n.translate('logAnomalies.replay.beforeName', { defaultMessage: 'Anomalies so far' }),
            color: euiTheme.colors.mediumShade,
            counts: days.map(({ results_before: count }) => count),
          },
          {
            name: i18n.translate('logAnomalies.replay.afterName', { defaultMessage: 'Anomalies with it' }),
            color: euiTheme.colors.primary,
            counts: days.map(({ results_after: count }) => count),
          },
        ]}
        label={i18n.translate('logAnomalies.replay.chart', {
          defaultMessage: 'Anomalies a day in the last {days} days, as they were and as they would have been',
          values: { days: replayDays },
        })}
      />
      {replay.refused !== undefined && (
        <>
          <EuiSpacer size="s" />
          <EuiCallOut
            size="s"
            color="danger"
            iconType="error"
            title={i18n.translate('logAnomalies.replay.refused', {
              defaultMessage: 'This cannot be applied: {reason}',
              values: { reason: replay.refused },
            })}
            data-test-subj="logAnomaliesReplayRefused"
          />
        </>
      )}
      {confirmed.total > 0 && <ConfirmedHidden confirmed={confirmed} />}
      {contradictions.length > 0 && <Contradictions contradictions={contradictions} />}
    </div>
  );
}

const Figure = ({ value, what }: { value: string; what: string }): ReactElement => (
  <EuiFlexItem grow={false}>
    <EuiStat title={value} description={what} titleSize="s" reverse />
  </EuiFlexItem>
);

/** Returns true when a replay may be applied: no limit refuses it and every consequence was accepted by name. */
export const isAccepted = ({ consequences, refused }: Replay, accepted: readonly Consequence[]): boolean =>
  refused === undefined && consequences.every((each) => accepted.includes(each));

/** Grave consequences, each to be ticked before anything is applied. */
export function AcceptConsequences(props: {
  replay: Replay;
  accepted: readonly Consequence[];
  change: (accepted: readonly Consequence[]) => void;
}): ReactElement | null {
  const { replay, accepted, change } = props;
  if (replay.consequences.length === 0) return null;
  return (
    <>
      <EuiSpacer size="m" />
      <EuiText size="s">
        <strong>
          {i18n.translate('logAnomalies.replay.accept', {
            defaultMessage: 'Before it is applied, say that you want this:',
          })}
        </strong>
      </EuiText>
      {replay.consequences.map((each) => (
        <EuiCheckbox
          key={each}
          id={`logAnomaliesAccept-${each}`}
          label={consequenceText(each, replay)}
          checked={accepted.includes(each)}
          onChange={(event) =>
            change(event.target.checked ? [...accepted, each] : accepted.filter((other) => other !== each))
          }
        />
      ))}
    </>
  );
}

function consequenceText(consequence: Consequence, { results }: Replay): string {
  switch (consequence) {
    case 'hides_confirmed_anomalies':
      return i18n.translate('logAnomalies.replay.acceptConfirmed', {
        defaultMessage: 'Hide anomalies that somebody has confirmed',
      });
    case 'hides_most_results':
      return i18n.translate('logAnomalies.replay.acceptMost', {
        defaultMessage: 'Hide {share} of all anomalies',
        values: { share: formatShare(results.before === 0 ? 0 : results.hidden / results.before) },
      });
  }
}

/** Warns of anomalies that somebody confirmed and that would be hidden. */
function ConfirmedHidden({ confirmed }: { confirmed: Replay['confirmed_hidden'] }): ReactElement {
  return (
    <>
      <EuiSpacer size="s" />
      <EuiCallOut
        size="s"
        color="danger"
        iconType="warning"
        title={i18n.translate('logAnomalies.replay.confirmed', {
          defaultMessage:
            'It would hide {count, plural, one {an anomaly that somebody confirmed} other {# anomalies that somebody confirmed}}',
          values: { count: confirmed.total },
        })}
        data-test-subj="logAnomaliesReplayConfirmed"
      >
        <ul>
          {confirmed.results.map(({ id, result }) => (
            <li key={id}>
              {[
                formatTime(result['@timestamp']),
                result.anomaly.entity && entityName(result.anomaly.entity),
                reasonText(result.anomaly),
              ]
                .filter(Boolean)
                .join(' · ')}
            </li>
          ))}
        </ul>
      </EuiCallOut>
    </>
  );
}

function Contradictions({ contradictions }: { contradictions: Replay['contradictions'] }): ReactElement {
  return (
    <>
      <EuiSpacer size="s" />
      <EuiCallOut
        size="s"
        color="warning"
        iconType={icon('questionInCircle')}
        title={i18n.translate('logAnomalies.replay.contradictions', {
          defaultMessage: 'People have judged logs like these differently',
        })}
      >
        <ul>
          {contradictions.map(({ pattern, real, not_an_anomaly: normal }) => (
            <li key={pattern}>
              {i18n.translate('logAnomalies.replay.contradiction', {
                defaultMessage: '{pattern}: marked as real by {real}, as normal by {normal}',
                values: { pattern, real, normal },
              })}
            </li>
          ))}
        </ul>
      </EuiCallOut>
    </>
  );
}
