import React, { type ReactElement } from 'react';
import { EuiFormRow, EuiSelect } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SUPPRESSION_LIMITS } from '../../../common/suppressions/limits';

const CHOICES = [1, 7, 30, 90, SUPPRESSION_LIMITS.longestWideDays];

/** For how long something holds, in days. */
export function ExpirySelect(props: {
  days: number | undefined;
  /** False for wide scopes, which must expire. */
  mayLastForever: boolean;
  change: (days: number | undefined) => void;
}): ReactElement {
  const { days, mayLastForever, change } = props;
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.expiry.label', { defaultMessage: 'Expires after' })}
    >
      <EuiSelect
        fullWidth
        value={days === undefined ? '' : String(days)}
        options={[
          ...CHOICES.map((each) => ({
            value: String(each),
            text: i18n.translate('logAnomalies.expiry.days', {
              defaultMessage: '{days, plural, one {one day} other {# days}}',
              values: { days: each },
            }),
          })),
          ...(mayLastForever
            ? [
                {
                  value: '',
                  text: i18n.translate('logAnomalies.expiry.never', {
                    defaultMessage: 'until somebody takes it back',
                  }),
                },
              ]
            : []),
        ]}
        onChange={({ target: { value } }) => change(value === '' ? undefined : Number(value))}
        data-test-subj="logAnomaliesExpiry"
      />
    </EuiFormRow>
  );
}
