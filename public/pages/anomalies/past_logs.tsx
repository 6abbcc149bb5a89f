import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiProgress,
  EuiSpacer,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { BackfillReport } from '../../../common/api';
import { DAY } from '../../../common/duration';
import type { DetectorView } from '../../shared/detector/detector_view';
import { useApp } from '../../shared/app/app_context';
import { FailureText } from '../../shared/requests/failure_text';
import { useAction } from '../../shared/requests/use_action';
import { formatCount, formatPart, formatTime } from '../../shared/values/format';
import { changedQuery } from './explorer_query';
import { PAST_RANGE, PAST_DAYS } from '../../shared/detector/past_range';

/** Days after which a detector is no longer new: logs of before its start are not offered any more. */
const NEW_DAYS = 1;

export interface ScorePast {
  readonly start: () => void;
  readonly isBusy: boolean;
  /** True from the start on, unless it is refused. */
  readonly isAsked: boolean;
}

/** Returns what scores the logs of before the start of a detector, and shows them. */
export function useScorePast({ record, reload }: DetectorView): ScorePast {
  const { api, setQuery } = useApp();
  const { run, isBusy } = useAction(reload);
  const [asked, setAsked] = useState<string>();
  const start = (): void => {
    setAsked(record.id);
    const begin = async (): Promise<void> => {
      const to = Date.now();
      setQuery(changedQuery({ range: PAST_RANGE }));
      await api('startBackfill', { params: { id: record.id }, body: { from: to - PAST_DAYS * DAY, to } });
    };
    void run(begin).then((isDone) => {
      if (!isDone) setAsked(undefined);
    });
  };
  return { start, isBusy, isAsked: asked === record.id };
}

/** Logs from before a detector was started: how far their scoring is, or an offer to score them. */
export function PastLogs(view: DetectorView & { past: ScorePast }): ReactElement | null {
  const { record, status, past } = view;
  const { canWrite } = useApp();
  const { start, isBusy, isAsked } = past;
  const { backfill, model } = status;

  if (backfill?.state === 'queued' && model === undefined) {
    return (
      <Spaced>
        <EuiCallOut
          size="s"
          iconType="clock"
          title={i18n.translate('logAnomalies.past.waiting', {
            defaultMessage:
              'The logs from {from} on are scored as soon as it has learned from them; you may leave this page.',
            values: { from: formatTime(backfill.from) },
          })}
          data-test-subj="logAnomaliesPastLater"
        >
          <StopPast {...view} />
        </EuiCallOut>
      </Spaced>
    );
  }
  if (backfill?.state === 'running' || backfill?.state === 'queued') {
    return <PastProgress {...view} backfill={backfill} />;
  }
  if (backfill?.state === 'failed' && backfill.failure) {
    return (
      <Spaced>
        <EuiCallOut
          size="s"
          color="danger"
          iconType="warning"
          title={i18n.translate('logAnomalies.past.failed', {
            defaultMessage: 'Scoring the logs of the past has failed',
          })}
          data-test-subj="logAnomaliesPastFailed"
        >
          <FailureText failure={backfill.failure} at={formatTime(backfill.failure.at)} />
        </EuiCallOut>
      </Spaced>
    );
  }
  if (isAsked && backfill === undefined) {
    return (
      <Spaced>
        <EuiCallOut
          size="s"
          iconType="clock"
          title={i18n.translate('logAnomalies.past.soon', {
            defaultMessage: 'The logs of the last {days} days are about to be scored.',
            values: { days: PAST_DAYS },
          })}
        />
      </Spaced>
    );
  }
  const isNew = Date.now() - Date.parse(record.created_at) < NEW_DAYS * DAY;
  if (backfill !== undefined || model === undefined || !canWrite || !isNew) return null;
  return (
    <Spaced>
      <EuiCallOut
        size="s"
        iconType={icon('timeRefresh')}
        title={i18n.translate('logAnomalies.past.title', {
          defaultMessage: 'Logs from before it was started may not be scored yet',
        })}
        data-test-subj="logAnomaliesPastOffer"
      >
        <EuiButton size="s" isLoading={isBusy} onClick={start} data-test-subj="logAnomaliesScorePast">
          {scorePastText()}
        </EuiButton>
      </EuiCallOut>
    </Spaced>
  );
}

export const scorePastText = (): string =>
  i18n.translate('logAnomalies.past.start', {
    defaultMessage: 'Score the last {days} days',
    values: { days: PAST_DAYS },
  });

function PastProgress(props: DetectorView & { backfill: BackfillReport }): ReactElement {
  const { backfill } = props;
  const { logs, total, anomalies, from, to } = backfill;
  const share = total ? Math.min(1, logs / total) : undefined;
  const label = i18n.translate('logAnomalies.past.running', {
    defaultMessage:
      'Scoring the logs from {from} to {to}: {logs} so far, {anomalies, plural, one {{found} anomaly} other {{found} anomalies}}',
    values: {
      from: formatTime(from),
      to: formatTime(to),
      logs: share === undefined ? formatCount(logs) : `${formatCount(logs)} (${formatPart(share)})`,
      anomalies,
      found: formatCount(anomalies),
    },
  });
  return (
    <Spaced>
      <EuiCallOut
        size="s"
        iconType={icon('timeRefresh')}
        title={label}
        data-test-subj="logAnomaliesPastProgress"
      >
        <EuiFlexGroup alignItems="center" gutterSize="m" responsive={false}>
          <EuiFlexItem>
            <EuiProgress
              size="s"
              aria-label={label}
              {...(share === undefined ? {} : { max: 1, value: share })}
            />
          </EuiFlexItem>
          <EuiFlexItem grow={false}>
            <StopPast {...props} />
          </EuiFlexItem>
        </EuiFlexGroup>
      </EuiCallOut>
    </Spaced>
  );
}

function StopPast({ record, reload }: DetectorView): ReactElement | null {
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(reload);
  if (!canWrite) return null;
  return (
    <EuiButtonEmpty
      size="xs"
      iconType="cross"
      isLoading={isBusy}
      onClick={() => run(() => api('cancelBackfill', { params: { id: record.id } }))}
      data-test-subj="logAnomaliesStopPast"
    >
      {i18n.translate('logAnomalies.backfill.cancel', { defaultMessage: 'Stop scoring the past' })}
    </EuiButtonEmpty>
  );
}

const Spaced = ({ children }: { children: ReactElement }): ReactElement => (
  <>
    {children}
    <EuiSpacer size="m" />
  </>
);
