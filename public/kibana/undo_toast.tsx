import React from 'react';
import { EuiButton, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { CoreStart } from './contracts';
import { renderInKibana } from './render_in_kibana';

/** Says what was done, with a button that takes it back. */
export function addUndoToast(
  core: CoreStart,
  { title, text, undo }: { title: string; text?: string; undo: () => void },
): void {
  core.notifications.toasts.addSuccess({
    title,
    text: (element) =>
      renderInKibana(
        core,
        element,
        <>
          {text && <EuiText size="s">{text}</EuiText>}
          <EuiButton size="s" color="success" onClick={undo} data-test-subj="logAnomaliesToastUndo">
            {i18n.translate('logAnomalies.toast.undo', { defaultMessage: 'Undo' })}
          </EuiButton>
        </>,
      ),
  });
}
