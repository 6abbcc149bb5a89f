import React, { useState, type ReactElement } from 'react';
import { EuiButtonEmpty, EuiContextMenuPanel, EuiPopover } from '@elastic/eui';

/** A button that opens a menu. */
export function ButtonMenu(props: {
  label: string;
  iconType: string;
  iconSide?: 'left' | 'right';
  isBusy?: boolean;
  subject: string;
  /** Makes the items, given what closes the menu. */
  items: (close: () => void) => ReactElement[];
}): ReactElement {
  const { label, iconType, iconSide, isBusy, subject, items } = props;
  const [isOpen, setIsOpen] = useState(false);
  const close = (): void => setIsOpen(false);
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={close}
      panelPaddingSize="none"
      aria-label={label}
      button={
        <EuiButtonEmpty
          iconType={iconType}
          iconSide={iconSide}
          isLoading={isBusy}
          onClick={() => setIsOpen(!isOpen)}
          data-test-subj={subject}
        >
          {label}
        </EuiButtonEmpty>
      }
    >
      <EuiContextMenuPanel items={items(close)} />
    </EuiPopover>
  );
}
