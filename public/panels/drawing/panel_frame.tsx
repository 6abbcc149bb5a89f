import React, { useEffect, useRef, type ReactElement } from 'react';
import { EuiEmptyPrompt } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { RequestState } from '../../shared/requests/request_state';
import type { Request } from '../../shared/requests/use_request';

/** Frame of every panel: fills its place, reports when it is rendered, and shows an empty state. */
export function PanelFrame<Value>(props: {
  request: Request<Value>;
  drawn: () => void;
  isEmpty: (value: Value) => boolean;
  /** Text of the empty state, default: what helps in every panel. */
  empty?: string;
  children: (value: Value) => ReactElement;
}): ReactElement {
  const { request, drawn, isEmpty, empty, children } = props;
  const isOver = !request.isLoading;
  const latestDrawn = useRef(drawn);
  latestDrawn.current = drawn;
  // Not for another callback: the answer that is shown while a newer one is on its way is not the whole.
  useEffect(() => {
    if (isOver) latestDrawn.current();
  }, [isOver]);
  return (
    <div
      style={{ width: '100%', height: '100%', overflow: 'auto' }}
      data-test-subj="logAnomaliesPanel"
      // A region that scrolls is reached with the keyboard.
      tabIndex={0}
    >
      <RequestState request={request}>
        {(value) => (isEmpty(value) ? <NothingHere text={empty} /> : children(value))}
      </RequestState>
    </div>
  );
}

const NothingHere = ({ text }: { text: string | undefined }): ReactElement => (
  <EuiEmptyPrompt
    titleSize="xs"
    iconType="visualizeApp"
    data-test-subj="logAnomaliesPanelEmpty"
    title={
      <h3>
        {text ??
          i18n.translate('logAnomalies.panel.nothing', {
            defaultMessage: 'Nothing here. Choose a longer time or fewer filters, or start the detector.',
          })}
      </h3>
    }
  />
);
