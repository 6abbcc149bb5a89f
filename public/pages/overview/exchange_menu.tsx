import React, { useState, type ReactElement } from 'react';
import { EuiButtonEmpty, EuiContextMenuItem, EuiContextMenuPanel, EuiPopover } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { saveFile } from '../../shared/layout/save_file';
import { useAction } from '../../shared/requests/use_action';

/** All detectors of the space as a file, and detectors from a file. */
export function ExchangeMenu({ openImport }: { openImport?: () => void }): ReactElement {
  const { api } = useApp();
  const { run, isBusy } = useAction();
  const [isOpen, setIsOpen] = useState(false);
  const choose = (work: () => void) => () => {
    setIsOpen(false);
    work();
  };
  const exportAll = () =>
    void run(async () => saveFile('detectors.yml', await api('exportDetectors'), 'application/yaml'));
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setIsOpen(false)}
      panelPaddingSize="none"
      button={
        <EuiButtonEmpty
          iconType={icon('arrowDown')}
          iconSide="right"
          isLoading={isBusy}
          onClick={() => setIsOpen(!isOpen)}
          data-test-subj="logAnomaliesExchange"
        >
          {i18n.translate('logAnomalies.exchange.menu', { defaultMessage: 'Import and export' })}
        </EuiButtonEmpty>
      }
    >
      <EuiContextMenuPanel
        items={[
          ...(openImport === undefined
            ? []
            : [
                <EuiContextMenuItem
                  key="import"
                  icon={icon('importAction')}
                  onClick={choose(openImport)}
                  data-test-subj="logAnomaliesImport"
                >
                  {i18n.translate('logAnomalies.exchange.import', { defaultMessage: 'Import detectors' })}
                </EuiContextMenuItem>,
              ]),
          <EuiContextMenuItem
            key="export"
            icon={icon('exportAction')}
            onClick={choose(exportAll)}
            data-test-subj="logAnomaliesExportAll"
          >
            {i18n.translate('logAnomalies.exchange.exportAll', {
              defaultMessage: 'Export all detectors',
            })}
          </EuiContextMenuItem>,
        ]}
      />
    </EuiPopover>
  );
}
