import React, { type ReactElement } from 'react';
import { EuiContextMenuItem } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { ButtonMenu } from '../../shared/layout/button_menu';
import { saveFile } from '../../shared/layout/save_file';
import { useAction } from '../../shared/requests/use_action';

/** All detectors of the space as a file, and detectors from a file. */
export function ExchangeMenu({ openImport }: { openImport?: () => void }): ReactElement {
  const { api } = useApp();
  const { run, isBusy } = useAction();
  const exportAll = () =>
    void run(async () => saveFile('detectors.yml', await api('exportDetectors'), 'application/yaml'));
  return (
    <ButtonMenu
      label={i18n.translate('logAnomalies.exchange.menu', { defaultMessage: 'Import and export' })}
      iconType={icon('arrowDown')}
      iconSide="right"
      isBusy={isBusy}
      subject="logAnomaliesExchange"
      items={(close) => {
        const choose = (work: () => void) => () => {
          close();
          work();
        };
        return [
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
        ];
      }}
    />
  );
}
