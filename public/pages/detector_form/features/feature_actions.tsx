import React, { type ReactElement } from 'react';
import { EuiButtonIcon } from '@elastic/eui';
import { i18n } from '@kbn/i18n';

/** Buttons at the end of a feature's row: its settings, and to leave it out. */
export function FeatureActions(props: {
  field: string;
  isOpen: boolean;
  toggle: () => void;
  leaveOut: () => void;
}): ReactElement {
  const { field, isOpen, toggle, leaveOut } = props;
  return (
    <>
      <EuiButtonIcon
        iconType="gear"
        color="text"
        aria-expanded={isOpen}
        aria-label={i18n.translate('logAnomalies.form.featureSettings', {
          defaultMessage: 'Settings of {field}',
          values: { field },
        })}
        onClick={toggle}
        data-test-subj="logAnomaliesFeatureGear"
      />
      <EuiButtonIcon
        iconType="cross"
        color="danger"
        aria-label={i18n.translate('logAnomalies.form.removeFeature', {
          defaultMessage: 'Leave out {field}',
          values: { field },
        })}
        onClick={leaveOut}
      />
    </>
  );
}
