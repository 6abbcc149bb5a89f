import React, { type ReactElement } from 'react';
import { EuiCode, EuiIconTip, EuiLoadingSpinner, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../api_client';
import { useApp } from '../../app_context';
import { formatCount, formatTime } from '../../shared/format';
import { useRequest } from '../../shared/use_request';

/** Whether such a message is new, rare or common: counted in the logs themselves, with the rights of the user. */
export function MessagePattern({ resultId }: { resultId: string }): ReactElement | null {
  const { api } = useApp();
  const { value, failure, isLoading } = useRequest(
    (signal) => api('getMessagePattern', { params: { result_id: resultId } }, signal),
    [api, resultId],
  );
  if (value === undefined && isLoading) return <EuiLoadingSpinner size="m" />;
  if (value?.pattern === '') return null;
  return (
    <EuiText size="s" data-test-subj="logAnomaliesPattern">
      {value === undefined ? (
        <EuiText size="s" color="subdued">
          {failure?.status === 403
            ? i18n.translate('logAnomalies.pattern.forbidden', {
                defaultMessage:
                  'How often such messages come cannot be said: you may not read the logs themselves.',
              })
            : i18n.translate('logAnomalies.pattern.failed', {
                defaultMessage: 'How often such messages come could not be found out: {reason}',
                values: { reason: failure?.message ?? '' },
              })}
        </EuiText>
      ) : (
        <>
          <strong>{sentence(value)}</strong>{' '}
          <EuiIconTip
            content={i18n.translate('logAnomalies.pattern.explained', {
              defaultMessage:
                'Logs with the same words as this one, whatever stands in the places of numbers, addresses and ids. Words alone do not make an anomaly: a common message may have an uncommon value.',
            })}
          />
          <br />
          <EuiCode transparentBackground>{value.pattern}</EuiCode>
        </>
      )}
    </EuiText>
  );
}

function sentence(pattern: Answer<'getMessagePattern'>): string {
  const { logs, first_seen: first, last_seen: last, complete } = pattern;
  if (logs === 0 || first === undefined || last === undefined) {
    return i18n.translate('logAnomalies.pattern.never', {
      defaultMessage: 'No message like this can be found in the logs of the last 30 days.',
    });
  }
  if (logs === 1) {
    return i18n.translate('logAnomalies.pattern.once', {
      defaultMessage: 'The only message like this in the last 30 days.',
    });
  }
  const values = { count: formatCount(logs), first: formatTime(first), last: formatTime(last) };
  return complete
    ? i18n.translate('logAnomalies.pattern.seen', {
        defaultMessage: '{count} messages like this in the last 30 days, first at {first}, last at {last}.',
        values,
      })
    : i18n.translate('logAnomalies.pattern.atLeast', {
        defaultMessage:
          'At least {count} messages like this in the last 30 days, between {first} and {last}.',
        values,
      });
}
