import React, { type ReactElement } from 'react';
import {
  EuiBasicTable,
  EuiCallOut,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSpacer,
  EuiStat,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer, ApiFailure } from '../../api_client';
import { formatCount, formatScore, formatTime } from '../../shared/format';
import { logLine, timeOf } from '../../shared/log_line';
import { FailurePrompt, LoadingPrompt } from '../../shared/request_state';
import { SeverityLabel } from '../../shared/severity';

export type Preview = Answer<'previewDetector'>;

/** What the detector would have flagged, on a sample of the user's own logs. Nothing is saved for it. */
export function PreviewPanel(props: {
  preview: Preview | undefined;
  failure: ApiFailure | undefined;
  isLoading: boolean;
  isOutdated: boolean;
  retry: () => void;
}): ReactElement {
  const { preview, failure, isLoading, isOutdated, retry } = props;
  if (isLoading) return <LoadingPrompt />;
  if (failure) return <FailurePrompt failure={failure} retry={retry} />;
  if (preview === undefined) {
    return (
      <EuiEmptyPrompt
        titleSize="xs"
        iconType="eye"
        title={
          <h3>
            {i18n.translate('logAnomalies.preview.none', {
              defaultMessage: 'See what would have been flagged, before anything is saved',
            })}
          </h3>
        }
      />
    );
  }
  return (
    <div data-test-subj="logAnomaliesPreview">
      {isOutdated && (
        <>
          <EuiCallOut
            size="s"
            iconType="clock"
            title={i18n.translate('logAnomalies.preview.outdated', {
              defaultMessage: 'The settings have changed since; preview again.',
            })}
          />
          <EuiSpacer size="m" />
        </>
      )}
      <EuiFlexGroup>
        <Figure
          title={formatCount(preview.logs_in_window)}
          description={i18n.translate('logAnomalies.preview.logs', { defaultMessage: 'logs in the window' })}
        />
        <Figure
          title={formatCount(preview.rows)}
          description={i18n.translate('logAnomalies.preview.rows', { defaultMessage: 'of them looked at' })}
        />
        <Figure
          title={formatCount(preview.alerts_per_day)}
          description={i18n.translate('logAnomalies.preview.alerts', { defaultMessage: 'anomalies a day' })}
        />
        <Figure
          title={formatScore(preview.threshold)}
          description={i18n.translate('logAnomalies.preview.threshold', { defaultMessage: 'threshold' })}
        />
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      <EuiBasicTable<Preview['top'][number]>
        items={preview.top}
        itemId={({ source }: Preview['top'][number]) => `${source.index}/${source.id}`}
        tableCaption={i18n.translate('logAnomalies.preview.caption', {
          defaultMessage: 'The logs that stand out most',
        })}
        noItemsMessage={i18n.translate('logAnomalies.preview.nothing', {
          defaultMessage: 'No log stands out. Flag more, or choose other fields.',
        })}
        columns={[
          {
            name: i18n.translate('logAnomalies.results.severity', { defaultMessage: 'Severity' }),
            width: '110px',
            render: ({ severity, confidence, is_anomaly }: Preview['top'][number]) =>
              is_anomaly ? (
                <SeverityLabel severity={severity} confidence={confidence} />
              ) : (
                <EuiText size="xs" color="subdued">
                  {i18n.translate('logAnomalies.preview.normal', { defaultMessage: 'not flagged' })}
                </EuiText>
              ),
          },
          {
            name: i18n.translate('logAnomalies.results.log', { defaultMessage: 'Log' }),
            render: ({ document, reason, source }: Preview['top'][number]) => (
              <EuiText size="xs" className="eui-textBreakWord">
                <code>{logLine(document) ?? source.id}</code>
                <EuiText size="xs" color="subdued">
                  {`${timeOf(document) ? `${formatTime(timeOf(document) as string)} · ` : ''}${reason}`}
                </EuiText>
              </EuiText>
            ),
          },
        ]}
      />
    </div>
  );
}

const Figure = ({ title, description }: { title: string; description: string }): ReactElement => (
  <EuiFlexItem>
    <EuiStat titleSize="xs" title={title} description={description} />
  </EuiFlexItem>
);
