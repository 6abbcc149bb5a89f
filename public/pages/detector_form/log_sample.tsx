import React, { type ReactElement } from 'react';
import { EuiAccordion, EuiBasicTable, EuiCallOut, EuiSkeletonText, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Request } from '../../shared/requests/use_request';
import { formatCount, formatDuration, formatTime } from '../../shared/values/format';
import { withSettingLabels } from '../../shared/values/setting_label';
import { logLine, timeOf } from '../../shared/results/log_line';
import { DEFAULT_WINDOW, type Draft } from './draft/draft';
import type { Description } from './draft/use_description';

type SampledLog = Description['documents'][number];

/** Shows the number of selected logs and a few of them. */
export function LogSample({
  request,
  draft,
}: {
  request: Request<Description | undefined>;
  draft: Draft;
}): ReactElement | null {
  const window = draft.training?.window ?? DEFAULT_WINDOW;
  const { value, failure, isLoading } = request;
  if (failure) {
    return (
      <EuiCallOut
        size="s"
        color={failure.status === 422 ? 'warning' : 'danger'}
        iconType="warning"
        data-test-subj="logAnomaliesSampleFailure"
        title={
          failure.status === 403
            ? i18n.translate('logAnomalies.form.sampleForbidden', {
                defaultMessage: 'You may not read these logs; ask for the right "read" on them',
              })
            : withSettingLabels(failure.message)
        }
      />
    );
  }
  if (value === undefined) return isLoading ? <EuiSkeletonText lines={2} size="s" /> : null;
  return (
    <EuiAccordion
      id="logAnomaliesLogSample"
      data-test-subj="logAnomaliesLogSample"
      buttonContent={
        <EuiText size="s">
          {i18n.translate('logAnomalies.form.sampleCount', {
            defaultMessage:
              '{logs, plural, one {{count} log} other {{count} logs}} in the last {window}; see a few of them',
            values: { logs: value.logs, count: formatCount(value.logs), window: formatDuration(window) },
          })}
        </EuiText>
      }
    >
      <EuiSpacer size="s" />
      <EuiBasicTable<SampledLog>
        compressed
        items={value.documents}
        itemId={({ index, id }: SampledLog) => `${index}/${id}`}
        tableCaption={i18n.translate('logAnomalies.form.sampleCaption', {
          defaultMessage: 'A few of the logs',
        })}
        columns={[
          {
            name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
            width: '150px',
            render: ({ document }: SampledLog) => {
              const time = timeOf(document);
              return <EuiText size="xs">{time ? formatTime(time) : '–'}</EuiText>;
            },
          },
          {
            name: i18n.translate('logAnomalies.results.log', { defaultMessage: 'Log' }),
            render: ({ document, id }: SampledLog) => (
              <EuiText size="xs" className="eui-textBreakWord">
                <code>{logLine(document) ?? id}</code>
              </EuiText>
            ),
          },
        ]}
      />
    </EuiAccordion>
  );
}
