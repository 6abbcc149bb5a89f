import React, { type ReactElement } from 'react';
import { EuiFieldText, EuiFlexGrid, EuiFlexItem, EuiFormRow, EuiSpacer, EuiSwitch } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { SESSION_DEFAULTS } from '../../../common/detector';
import type { LogField } from '../../../common/log_features/fields/log_fields';
import { withSessions, type Draft, type DraftFieldsProps } from './draft/draft';
import { FieldChooser } from './field_chooser';

type Session = NonNullable<NonNullable<Draft['bucket']>['session']>;

/** Choice of sessions as rows instead of spans of time, with the field of their id and their end. */
export function SessionFields({
  draft,
  change,
  problem,
  fields,
}: DraftFieldsProps & { fields: readonly LogField[] | undefined }): ReactElement {
  const { bucket = {} } = draft;
  const { session } = bucket;
  const changeSession = (changes: Partial<Session>): void =>
    change({ bucket: { ...bucket, session: { field: '', ...session, ...changes } } });
  const lengths = [
    {
      name: 'gap' as const,
      label: i18n.translate('logAnomalies.session.gap', { defaultMessage: 'It is over after a silence of' }),
    },
    {
      name: 'max_length' as const,
      label: i18n.translate('logAnomalies.session.longest', { defaultMessage: 'It is judged by at most' }),
    },
  ];
  return (
    <>
      <EuiFormRow
        fullWidth
        hasChildLabel={false}
        helpText={i18n.translate('logAnomalies.session.help', {
          defaultMessage: 'A trace, a request, an order: all logs with one id, instead of a span of time.',
        })}
      >
        <EuiSwitch
          label={i18n.translate('logAnomalies.session.rows', { defaultMessage: 'Each session is judged' })}
          checked={session !== undefined}
          onChange={({ target }) => change(withSessions(draft, target.checked))}
          data-test-subj="logAnomaliesSessions"
        />
      </EuiFormRow>
      <EuiSpacer size="m" />
      {session !== undefined && (
        <>
          <EuiFlexGrid columns={3}>
            <EuiFlexItem>
              <FieldChooser
                isSingle
                label={i18n.translate('logAnomalies.session.field', { defaultMessage: 'Field with its id' })}
                help={i18n.translate('logAnomalies.session.fieldHelp', {
                  defaultMessage: 'A keyword: trace.id, http.request.id, order.id.',
                })}
                fields={fields}
                kinds={['value', 'number']}
                chosen={session.field === '' ? [] : [session.field]}
                choose={([field]) => changeSession({ field: field ?? '' })}
                problem={problem('bucket.session.field') ?? problem('entity_field')}
                subject="logAnomaliesSessionField"
              />
            </EuiFlexItem>
            {lengths.map(({ name, label }) => (
              <EuiFlexItem key={name}>
                <EuiFormRow
                  fullWidth
                  label={label}
                  isInvalid={problem(`bucket.session.${name}`) !== undefined}
                  error={problem(`bucket.session.${name}`)}
                >
                  <EuiFieldText
                    fullWidth
                    value={session[name] ?? SESSION_DEFAULTS[name]}
                    isInvalid={problem(`bucket.session.${name}`) !== undefined}
                    onChange={({ target }) => changeSession({ [name]: target.value })}
                    data-test-subj={`logAnomaliesSession-${name}`}
                  />
                </EuiFormRow>
              </EuiFlexItem>
            ))}
          </EuiFlexGrid>
          <EuiSpacer size="m" />
        </>
      )}
    </>
  );
}
