import React, { type ReactElement } from 'react';
import { EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { formatTime } from '../../shared/values/format';

/** Columns that both tables of the page have. */
const TIME_WIDTH = '150px';

/** Returns the table column of the expiry. */
export const untilColumn = () => ({
  field: 'expires_at',
  name: i18n.translate('logAnomalies.suppression.until', { defaultMessage: 'Until' }),
  width: TIME_WIDTH,
  render: (
    time: string | undefined,
    { expired }: { readonly at: string; readonly expired?: boolean },
  ): ReactElement => (
    <Time
      time={time}
      note={
        expired
          ? i18n.translate('logAnomalies.suppression.expired', { defaultMessage: 'has run out' })
          : undefined
      }
    />
  ),
});

/** Returns the table column of the time and the author. */
export const saidColumn = () => ({
  field: 'at',
  name: i18n.translate('logAnomalies.suppression.since', { defaultMessage: 'Created' }),
  width: TIME_WIDTH,
  render: (time: string, { by }: { readonly by?: string }): ReactElement => <Time time={time} note={by} />,
});

const Time = ({ time, note }: { time: string | undefined; note: string | undefined }): ReactElement => (
  <div>
    {time === undefined ? '–' : formatTime(time)}
    {note !== undefined && (
      <EuiText size="xs" color="subdued">
        {note}
      </EuiText>
    )}
  </div>
);

/** The one action of both: it is taken back. Nobody sees a column of nothing. */
export const takeBackColumns = <Row extends object>(
  canWrite: boolean,
  isBusy: boolean,
  { description, subject, onClick }: { description: string; subject: string; onClick: (row: Row) => void },
) =>
  canWrite
    ? [
        {
          name: i18n.translate('logAnomalies.overview.actions', { defaultMessage: 'Actions' }),
          width: '80px',
          actions: [
            {
              name: i18n.translate('logAnomalies.suppression.remove', { defaultMessage: 'Take back' }),
              description,
              icon: icon('editorUndo'),
              type: 'icon' as const,
              'data-test-subj': subject,
              enabled: () => !isBusy,
              onClick,
            },
          ],
        },
      ]
    : [];
