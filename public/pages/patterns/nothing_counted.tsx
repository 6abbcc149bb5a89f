import React, { type ReactElement } from 'react';
import { EuiButton, EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { formatDuration } from '../../shared/values/format';
import { DAY } from '../../../common/duration';
import { useApp } from '../../shared/app/app_context';
import type { DetectorView } from '../../shared/detector/detector_view';
import { PAST_DAYS } from '../../shared/detector/past_range';
import { useAction } from '../../shared/requests/use_action';

/** No pattern was counted so far: says which logs are, and what to do until there are some. */
export function NothingCounted({
  record,
  status,
  reload,
}: Pick<DetectorView, 'record' | 'status' | 'reload'>): ReactElement {
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(reload);
  const { id, enabled } = record;
  const { backfill } = status;
  const isScoringPast = backfill?.state === 'running' || backfill?.state === 'queued';
  const scorePast = (): void => {
    const to = Date.now();
    const body = { from: to - PAST_DAYS * DAY, to };
    void run(() => api('startBackfill', { params: { id }, body }));
  };
  return (
    <EuiEmptyPrompt
      iconType="visLine"
      titleSize="s"
      data-test-subj="logAnomaliesNothingCounted"
      title={
        <h2>
          {i18n.translate('logAnomalies.logPatterns.notYet', {
            defaultMessage: 'No kinds of messages are counted yet',
          })}
        </h2>
      }
      body={
        <>
          <p>{isScoringPast && backfill.patterns_not_counted !== true ? pastText() : waitText(record)}</p>
          {backfill?.patterns_not_counted && <p>{notCountedText()}</p>}
        </>
      }
      actions={
        !canWrite
          ? undefined
          : [
              ...(enabled
                ? []
                : [
                    <EuiButton
                      key="start"
                      iconType="play"
                      isLoading={isBusy}
                      onClick={() => run(() => api('startDetector', { params: { id } }))}
                    >
                      {i18n.translate('logAnomalies.action.start', { defaultMessage: 'Start' })}
                    </EuiButton>,
                  ]),
              ...(status.model === undefined || isScoringPast
                ? []
                : [
                    <EuiButton
                      key="past"
                      isLoading={isBusy}
                      onClick={scorePast}
                      data-test-subj="logAnomaliesCountPast"
                    >
                      {i18n.translate('logAnomalies.past.start', {
                        defaultMessage: 'Score the last {days} days',
                        values: { days: PAST_DAYS },
                      })}
                    </EuiButton>,
                  ]),
            ]
      }
    />
  );
}

const pastText = (): string =>
  i18n.translate('logAnomalies.logPatterns.pastIsScored', {
    defaultMessage: 'Logs of the past are being scored. The kinds of their messages appear here meanwhile.',
  });

const notCountedText = (): string =>
  i18n.translate('logAnomalies.logPatterns.notCounted', {
    defaultMessage:
      'Logs of the past that Elasticsearch scores by itself are not counted. To count them, have Kibana score the same time.',
  });

function waitText({ enabled, detector: { patterns } }: DetectorView['record']): string {
  const values = { span: formatDuration(patterns?.span ?? '') };
  return enabled
    ? i18n.translate('logAnomalies.logPatterns.waits', {
        defaultMessage:
          'Messages are counted as logs arrive, and those of the past when these are scored. The first kinds appear here when {span} of logs are over, what changes from the second day of logs on.',
        values,
      })
    : i18n.translate('logAnomalies.logPatterns.startFirst', {
        defaultMessage:
          'Messages are counted as logs arrive, and those of the past when these are scored: start the detector, or score the past. The first kinds appear here when {span} of logs are over, what changes from the second day of logs on.',
        values,
      });
}
