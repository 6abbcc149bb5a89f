import React, { Suspense, useState, type ReactElement, type ReactNode } from 'react';
import { EuiAccordion, EuiSpacer } from '@elastic/eui';
import { LoadingPrompt } from '../requests/request_state';

/** A part of a page that can be folded away; what it shows is loaded and asked for only once it is open. */
export function Section(props: {
  id: string;
  title: string;
  isOpenAtFirst?: boolean;
  children: ReactNode;
}): ReactElement {
  const { id, title, isOpenAtFirst = false, children } = props;
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  return (
    <>
      <EuiSpacer size="m" />
      <EuiAccordion
        id={id}
        forceState={isOpen ? 'open' : 'closed'}
        onToggle={setIsOpen}
        paddingSize="s"
        borders="all"
        buttonElement="button"
        buttonContent={<strong>{title}</strong>}
        data-test-subj={id}
      >
        {isOpen && <Suspense fallback={<LoadingPrompt />}>{children}</Suspense>}
      </EuiAccordion>
    </>
  );
}
