import React, { type ReactElement } from 'react';
import { EuiButton, EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { isDemoIndex } from '../../../common/index_names';
import { useApp } from '../../shared/app/app_context';
import type { DetectorView } from '../../shared/detector/detector_view';
import { useAction } from '../../shared/requests/use_action';

/** True for the sample logs, to which none are added: there is nothing more of them to count. */
export const isOfSample = ({ detector }: DetectorView['record']): boolean =>
  isDemoIndex(detector.source.index);

/** No pattern was counted so far: says which logs are, and what to do until there are some. */
export function NothingCounted({ record, reload }: Pick<DetectorView, 'record' | 'reload'>): ReactElement {
  const { api, canWrite, go } = useApp();
  const { run, isBusy } = useAction(reload);
  const isSample = isOfSample(record);
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
      body={<p>{isSample ? sampleText() : waitText(record)}</p>}
      actions={
        !canWrite ? undefined : isSample ? (
          <EuiButton onClick={() => go('/scan')}>
            {i18n.translate('logAnomalies.scan.title', { defaultMessage: 'Scan my logs' })}
          </EuiButton>
        ) : record.enabled ? undefined : (
          <EuiButton
            iconType="play"
            isLoading={isBusy}
            onClick={() => run(() => api('startDetector', { params: { id: record.id } }))}
          >
            {i18n.translate('logAnomalies.action.start', { defaultMessage: 'Start' })}
          </EuiButton>
        )
      }
    />
  );
}

const sampleText = (): string =>
  i18n.translate('logAnomalies.logPatterns.ofSample', {
    defaultMessage:
      'Messages are counted as logs arrive, and the sample logs have come to their end: none arrive any more. To see patterns, make and start a detector of logs of your own that go on, and count its messages on this tab.',
  });

function waitText({ enabled, detector: { patterns } }: DetectorView['record']): string {
  const values = { span: patterns?.span ?? '' };
  return enabled
    ? i18n.translate('logAnomalies.logPatterns.waits', {
        defaultMessage:
          'Messages are counted as logs arrive, those of the past are not. The first kinds appear here when {span} of new logs are over, what changes from the second day on.',
        values,
      })
    : i18n.translate('logAnomalies.logPatterns.startFirst', {
        defaultMessage:
          'Messages are counted as logs arrive, those of the past are not: start the detector. The first kinds appear here when {span} of new logs are over, what changes from the second day on.',
        values,
      });
}
