import React, { type ReactElement } from 'react';
import { EuiComboBox, EuiFormRow, EuiTextColor } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogField } from '../../../common/log_features/fields/log_fields';
import { useApp } from '../../shared/app/app_context';

/** Chooses among the fields that logs have; another can be typed, since a sample does not hold all. */
export function FieldChooser(props: {
  label: string;
  help: string;
  /** Undefined until they are known. */
  fields: readonly LogField[] | undefined;
  kinds: readonly LogField['kind'][];
  chosen: readonly string[];
  choose: (fields: string[]) => void;
  isSingle?: boolean;
  problem: string | undefined;
  subject: string;
}): ReactElement {
  const { label, help, fields, kinds, chosen, choose, isSingle, problem, subject } = props;
  const { canWrite } = useApp();
  const doubts = chosen.flatMap((name) => doubtOf(name, fields, kinds) ?? []);
  return (
    <EuiFormRow
      fullWidth
      label={label}
      helpText={[
        ...doubts.map((doubt) => (
          <EuiTextColor key={doubt} color="warning">
            {doubt}
          </EuiTextColor>
        )),
        help,
      ]}
      isInvalid={problem !== undefined}
      error={problem}
    >
      <EuiComboBox
        fullWidth
        isDisabled={!canWrite}
        inputPopoverProps={{ 'aria-label': label }}
        singleSelection={isSingle === true && { asPlainText: true }}
        options={(fields ?? [])
          .filter(({ kind, field }) => kinds.includes(kind) && !chosen.includes(field))
          .map(({ field }) => ({ label: field }))}
        selectedOptions={chosen.map((name) => ({ label: name }))}
        onChange={(options) => choose(options.map((option) => option.label))}
        onCreateOption={(typed) => {
          const name = typed.trim();
          if (name !== '') choose(isSingle ? [name] : [...new Set([...chosen, name])]);
        }}
        customOptionText={i18n.translate('logAnomalies.bucket.otherField', {
          defaultMessage: 'Take {field}, which the sampled logs do not have',
          values: { field: '{searchValue}' },
        })}
        isInvalid={problem !== undefined}
        data-test-subj={subject}
      />
    </EuiFormRow>
  );
}

/** @returns a possible problem with a field, judged by the sampled logs */
function doubtOf(
  name: string,
  fields: readonly LogField[] | undefined,
  kinds: readonly LogField['kind'][],
): string | undefined {
  if (fields === undefined) return undefined;
  const found = fields.find(({ field }) => field === name);
  if (found === undefined) {
    return i18n.translate('logAnomalies.bucket.fieldUnseen', {
      defaultMessage: 'None of the sampled logs has {field}.',
      values: { field: name },
    });
  }
  if (kinds.includes(found.kind)) return undefined;
  const whole = fields.find(({ field }) => field === `${name}.keyword`);
  return whole !== undefined && kinds.includes(whole.kind)
    ? i18n.translate('logAnomalies.bucket.fieldText', {
        defaultMessage: '{field} can only be searched for words; take {whole}.',
        values: { field: name, whole: whole.field },
      })
    : i18n.translate('logAnomalies.bucket.fieldUnfit', {
        defaultMessage: '{field} is not of a type that fits here.',
        values: { field: name },
      });
}
