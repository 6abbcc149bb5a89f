import React, { type ReactElement, type ReactNode } from 'react';
import { EuiButtonEmpty, EuiFlexGroup, EuiFlexItem, EuiFlyoutFooter } from '@elastic/eui';
import { i18n } from '@kbn/i18n';

/** Out on the left, on on the right. */
export const FlyoutFooter = (props: {
  close: () => void;
  /** Default: Cancel. */
  closeLabel?: string;
  /** Problem shown above the buttons. */
  problem?: ReactNode;
  /** The button that goes on; without it there is nothing to decide. */
  children?: ReactNode;
}): ReactElement => (
  <EuiFlyoutFooter>
    {props.problem}
    <EuiFlexGroup justifyContent="spaceBetween" responsive={false}>
      <EuiFlexItem grow={false}>
        <EuiButtonEmpty onClick={props.close}>
          {props.closeLabel ?? i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
        </EuiButtonEmpty>
      </EuiFlexItem>
      {props.children && <EuiFlexItem grow={false}>{props.children}</EuiFlexItem>}
    </EuiFlexGroup>
  </EuiFlyoutFooter>
);
