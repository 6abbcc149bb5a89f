import React, { type ReactElement } from 'react';
import { EuiButton, EuiButtonEmpty } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { CALENDAR_PATH } from '../../shared/app/location';
import { InstallDashboardsButton } from '../../shared/detector/install_dashboards_button';
import { ExchangeMenu } from './exchange_menu';
import type { Sample } from './use_sample';

interface OverviewButtons {
  readonly hasDetectors: boolean;
  readonly sample: Sample;
  readonly openChannels: () => void;
  readonly openImport: () => void;
}

/** Returns the buttons beside the title, the most important first; a page without detectors has its own. */
export function useOverviewButtons(given: OverviewButtons): ReactElement[] {
  const { hasDetectors, sample, openChannels, openImport } = given;
  const { canWrite } = useApp();
  if (!hasDetectors) return [];
  const channels = (
    <EuiButtonEmpty
      key="channels"
      iconType="bell"
      onClick={openChannels}
      data-test-subj="logAnomaliesOpenChannels"
    >
      {i18n.translate('logAnomalies.channels.title', { defaultMessage: 'Channels' })}
    </EuiButtonEmpty>
  );
  const calendar = <CalendarButton key="calendar" />;
  if (!canWrite) return [<ExchangeMenu key="exchange" />, channels, calendar];
  const buttons = [
    <CreateButton key="create" />,
    <ScanButton key="scan" />,
    <InstallDashboardsButton key="dashboards" />,
    channels,
    calendar,
    <ExchangeMenu key="exchange" openImport={openImport} />,
  ];
  if (sample.request.value?.state !== 'none') return buttons;
  return [
    ...buttons,
    <EuiButtonEmpty key="sample" iconType={icon('beaker')} isLoading={sample.isBusy} onClick={sample.install}>
      {i18n.translate('logAnomalies.empty.sample', { defaultMessage: 'Try it on sample logs' })}
    </EuiButtonEmpty>,
  ];
}

function CreateButton(): ReactElement {
  const { go, hrefOf } = useApp();
  return (
    <EuiButton
      fill
      iconType={icon('plusInCircle')}
      href={hrefOf('/detectors/new')}
      onClick={(event: React.MouseEvent) => {
        event.preventDefault();
        go('/detectors/new');
      }}
      data-test-subj="logAnomaliesCreate"
    >
      {i18n.translate('logAnomalies.overview.create', { defaultMessage: 'Create a detector' })}
    </EuiButton>
  );
}

function ScanButton(): ReactElement {
  const { go } = useApp();
  return (
    <EuiButtonEmpty iconType="search" onClick={() => go('/scan')} data-test-subj="logAnomaliesOpenScan">
      {i18n.translate('logAnomalies.scan.title', { defaultMessage: 'Scan my logs' })}
    </EuiButtonEmpty>
  );
}

function CalendarButton(): ReactElement {
  const { go } = useApp();
  return (
    <EuiButtonEmpty
      iconType="calendar"
      onClick={() => go(CALENDAR_PATH)}
      data-test-subj="logAnomaliesOpenCalendar"
    >
      {i18n.translate('logAnomalies.calendar.short', { defaultMessage: 'Calendar' })}
    </EuiButtonEmpty>
  );
}
