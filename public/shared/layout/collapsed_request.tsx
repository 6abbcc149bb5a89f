import React, { type ReactElement } from 'react';
import { EuiAccordion, EuiCodeBlock, EuiSpacer } from '@elastic/eui';

/** Requests and documents for administrators: out of the way until somebody asks for them. */
export const CollapsedRequest = (props: { id: string; label: string; text: string }): ReactElement => (
  <>
    <EuiSpacer size="s" />
    <EuiAccordion id={props.id} buttonContent={props.label}>
      <EuiCodeBlock language="json" fontSize="s" paddingSize="s" overflowHeight={220} isCopyable>
        {props.text}
      </EuiCodeBlock>
    </EuiAccordion>
  </>
);
