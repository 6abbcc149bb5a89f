import React, { lazy, Suspense, useState, type ReactElement } from 'react';
import { EuiButton, EuiButtonEmpty, EuiPageTemplate } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { DAY } from '../../../common/duration';
import { PLUGIN_NAME } from '../../../common/plugin';
import type { Answer, ApiClient } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { CALENDAR_PATH } from '../../shared/app/location';
import { InstallDashboardsButton } from '../../shared/detector/install_dashboards_button';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import { SetupProblems } from '../../shared/detector/setup_problems';
import type { Interval } from '../../shared/values/time_range';
import { useBreadcrumbs } from '../../shared/layout/use_breadcrumbs';
import { DetectorTable, type DetectorRow } from './detector_table';
import { ExchangeMenu } from './exchange_menu';
import { NoDetectors } from './no_detectors';
import { NAMED_INCIDENTS, OpenIncidents, type NamedIncidents } from './open_incidents';
import { SamplePanel } from './sample_panel';
import { isUnderWay, useSample } from './use_sample';

const ChannelsFlyout = lazy(() => import('./channels_flyout'));
const ImportFlyout = lazy(() => import('./import_flyout'));

const POLL_MILLISECONDS = 10_000;
/** Bars of the small chart of a day. */
const SPARKLINE_BUCKETS = 48;

/** All detectors of the space. */
export default function OverviewPage(): ReactElement {
  const { api, canWrite, go, hrefOf } = useApp();
  useBreadcrumbs();
  const request = useRequest(
    async (signal) => {
      const to = Date.now();
      const from = to - DAY;
      const [list, { statuses }, today, incidents] = await Promise.all([
        api('listDetectors', { query: { per_page: 1_000 } }, signal),
        api('listStatus', {}, signal),
        // Without the right to read results the detectors are shown all the same.
        api(
          'summarizeResults',
          { query: { by: 'detector', from, to, buckets: SPARKLINE_BUCKETS, groups: 100 } },
          signal,
        ).catch(() => undefined),
        namedIncidents(api, { from, to }, signal).catch(() => undefined),
      ]);
      return { rows: rowsOf(list, statuses, today, { from, to }), incidents };
    },
    [api],
    POLL_MILLISECONDS,
  );
  const sample = useSample(request.reload);
  const [isImporting, setIsImporting] = useState(false);
  const [areChannelsShown, setAreChannelsShown] = useState(false);
  const sampleState = sample.request.value?.state;
  const createLabel = i18n.translate('logAnomalies.overview.create', { defaultMessage: 'Create a detector' });
  const hasDetectors = request.value !== undefined && request.value.rows.length > 0;
  const channels = (
    <EuiButtonEmpty
      key="channels"
      iconType="bell"
      onClick={() => setAreChannelsShown(true)}
      data-test-subj="logAnomaliesOpenChannels"
    >
      {i18n.translate('logAnomalies.channels.title', { defaultMessage: 'Channels' })}
    </EuiButtonEmpty>
  );
  const calendar = (
    <EuiButtonEmpty
      key="calendar"
      iconType="calendar"
      onClick={() => go(CALENDAR_PATH)}
      data-test-subj="logAnomaliesOpenCalendar"
    >
      {i18n.translate('logAnomalies.calendar.short', { defaultMessage: 'Calendar' })}
    </EuiButtonEmpty>
  );
  return (
    <EuiPageTemplate offset={0} restrictWidth={false} data-test-subj="logAnomaliesPage">
      <EuiPageTemplate.Header
        // Buttons go into a second row before the name is broken.
        pageTitle={<span style={{ whiteSpace: 'nowrap' }}>{PLUGIN_NAME}</span>}
        rightSideGroupProps={{ wrap: true, responsive: false, justifyContent: 'flexEnd', gutterSize: 'xs' }}
        // Beside the buttons there is room for a column of single words.
        description={
          hasDetectors
            ? undefined
            : i18n.translate('logAnomalies.overview.description', {
                defaultMessage:
                  'Detectors learn what your logs usually look like and point out those that do not.',
              })
        }
        rightSideItems={
          hasDetectors && canWrite
            ? [
                <EuiButton
                  fill
                  key="create"
                  iconType={icon('plusInCircle')}
                  href={hrefOf('/detectors/new')}
                  onClick={(event: React.MouseEvent) => {
                    event.preventDefault();
                    go('/detectors/new');
                  }}
                  data-test-subj="logAnomaliesCreate"
                >
                  {createLabel}
                </EuiButton>,
                <EuiButtonEmpty
                  key="scan"
                  iconType="search"
                  onClick={() => go('/scan')}
                  data-test-subj="logAnomaliesOpenScan"
                >
                  {i18n.translate('logAnomalies.scan.title', { defaultMessage: 'Scan my logs' })}
                </EuiButtonEmpty>,
                <InstallDashboardsButton key="dashboards" />,
                channels,
                calendar,
                <ExchangeMenu key="exchange" openImport={() => setIsImporting(true)} />,
                ...(sampleState === 'none'
                  ? [
                      <EuiButtonEmpty
                        key="sample"
                        iconType={icon('beaker')}
                        isLoading={sample.isBusy}
                        onClick={sample.install}
                      >
                        {i18n.translate('logAnomalies.empty.sample', {
                          defaultMessage: 'Try it on sample logs',
                        })}
                      </EuiButtonEmpty>,
                    ]
                  : []),
              ]
            : hasDetectors
              ? [<ExchangeMenu key="exchange" />, channels, calendar]
              : []
        }
      />
      <EuiPageTemplate.Section>
        {canWrite && <SetupProblems />}
        <SamplePanel sample={sample} />
        <RequestState request={request}>
          {({ rows, incidents }) => {
            if (rows.length > 0) {
              return (
                <>
                  <OpenIncidents named={incidents} />
                  <DetectorTable rows={rows} reload={request.reload} />
                </>
              );
            }
            if (isUnderWay(sample.request.value)) return <></>;
            return (
              <NoDetectors
                trySample={sample.install}
                isBusy={sample.isBusy}
                openImport={() => setIsImporting(true)}
              />
            );
          }}
        </RequestState>
        {areChannelsShown && (
          <Suspense fallback={<></>}>
            <ChannelsFlyout close={() => setAreChannelsShown(false)} />
          </Suspense>
        )}
        {isImporting && (
          <Suspense fallback={<></>}>
            <ImportFlyout
              close={(isImported) => {
                setIsImporting(false);
                if (isImported) request.reload();
              }}
            />
          </Suspense>
        )}
      </EuiPageTemplate.Section>
    </EuiPageTemplate>
  );
}

async function namedIncidents(api: ApiClient, range: Interval, signal: AbortSignal): Promise<NamedIncidents> {
  const open = await api('listIncidents', { query: { state: 'active', size: NAMED_INCIDENTS } }, signal);
  if (open.total > 0) return { areOpen: true, found: open };
  return {
    areOpen: false,
    found: await api('listIncidents', { query: { ...range, size: NAMED_INCIDENTS } }, signal),
  };
}

function rowsOf(
  { detectors }: Answer<'listDetectors'>,
  statuses: Answer<'listStatus'>['statuses'],
  today: Answer<'summarizeResults'> | undefined,
  range: Interval,
): DetectorRow[] {
  const statusOf = new Map(statuses.map((status) => [status.id, status]));
  const groupOf = new Map(today?.groups.map((group) => [group.key, group]));
  return detectors.map((record) => ({
    record,
    name: record.detector.name,
    status: statusOf.get(record.id),
    anomaliesToday: today === undefined ? undefined : (groupOf.get(record.id)?.anomalies ?? 0),
    buckets: groupOf.get(record.id)?.buckets ?? [],
    range,
  }));
}
