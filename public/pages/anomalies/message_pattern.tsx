import React, { type ReactElement } from 'react';
import { EuiCode, EuiIconTip, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { FewLines } from '../../shared/results/few_lines';
import { formatCount, formatTime } from '../../shared/values/format';

type Pattern = NonNullable<Answer<'getEvidence'>['pattern']['value']>;

/** Shows the pattern of a message and says if it is new, rare or common. */
export const MessagePattern = ({ pattern }: { pattern: Pattern }): ReactElement => (
  <EuiText size="s" data-test-subj="logAnomaliesPattern">
    <strong>{pattern.of === 'logs' ? sentence(pattern) : sentenceOfResults(pattern)}</strong>{' '}
    {pattern.of === 'logs' && (
      <EuiIconTip
        content={i18n.translate('logAnomalies.pattern.explained', {
          defaultMessage:
            'Logs with the same words as this one, whatever stands in the places of numbers, addresses and ids. Words alone do not make an anomaly: a common message may have an uncommon value.',
        })}
      />
    )}
    <div className="eui-textBreakWord">
      <FewLines lines={3} text={pattern.pattern}>
        <EuiCode transparentBackground>{pattern.pattern}</EuiCode>
      </FewLines>
    </div>
  </EuiText>
);

function sentence({ count: logs, first_seen: first, last_seen: last, complete }: Pattern): string {
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

function sentenceOfResults({ count, first_seen: first, last_seen: last }: Pattern): string {
  if (count === 0 || first === undefined || last === undefined) {
    return i18n.translate('logAnomalies.pattern.noResults', {
      defaultMessage: 'No anomaly of this pattern in the last 30 days.',
    });
  }
  return i18n.translate('logAnomalies.pattern.results', {
    defaultMessage:
      'Anomalies of this pattern in the last 30 days: {count}, first at {first}, last at {last}.',
    values: { count: formatCount(count), first: formatTime(first), last: formatTime(last) },
  });
}
