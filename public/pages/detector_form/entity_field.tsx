import React, { useEffect, type ReactElement } from 'react';
import { i18n } from '@kbn/i18n';
import type { LogField } from '../../../common/log_features/fields/log_fields';
import { groupingOf, regrouped, type DraftFieldsProps } from './draft/draft';
import { FieldChooser } from './field_chooser';

/** Field that results are grouped by. A new detector is proposed the service, container or host of its logs. */
export function EntityField(
  props: DraftFieldsProps & {
    /** Undefined until they are known. */
    fields: readonly LogField[] | undefined;
    isNew: boolean;
    /** Field that the logs are best grouped by, as far as it is known. */
    suggested?: string;
  },
): ReactElement {
  const { draft, change, problem, fields, isNew, suggested } = props;
  const { entity_field: entity, entity_fields: several } = draft;
  const proposed = isNew && entity === undefined && several === undefined ? suggested : undefined;
  useEffect(() => {
    if (proposed !== undefined) change({ entity_field: proposed });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once the fields are known
  }, [proposed]);
  return (
    <FieldChooser
      label={i18n.translate('logAnomalies.form.entity', { defaultMessage: 'Group results by' })}
      help={i18n.translate('logAnomalies.form.entityHelp', {
        defaultMessage:
          'Fields such as service.name or host.name; each value, or values of two or three together, gets a lane of its own.',
      })}
      fields={fields}
      kinds={['value', 'number']}
      chosen={groupingOf(draft)}
      choose={(chosen) => change(regrouped(draft, chosen))}
      problem={problem('entity_field') ?? problem('entity_fields')}
      subject="logAnomaliesEntity"
    />
  );
}
