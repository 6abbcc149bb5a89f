import React, { lazy, Suspense, useState, type ReactElement } from 'react';
import { EuiPageTemplate } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { DAY } from '../../../common/duration';
import { PLUGIN_NAME } from '../../../common/plugin';
import { useApp } from '../../shared/app/app_context';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest, type Request } from '../../shared/requests/use_request';
import { SetupProblems } from '../../shared/detector/setup_problems';
import { useBreadcrumbs } from '../../shared/layout/use_breadcrumbs';
import { MOST_COUNTED, rowsOf, type DetectorRow } from './detector_row';
import { DetectorTable } from './detector_table';
import { NoDetectors } from './no_detectors';
import { incidentsAsked, namedIncidents, OpenIncidents, type NamedIncidents } from './open_incidents';
import { useOverviewButtons } from './overview_buttons';
import { SamplePanel } from './sample_panel';
import { isUnderWay, useSample } from './use_sample';

const ChannelsFlyout = lazy(() => import('./channels_flyout'));
const ImportFlyout = lazy(() => import('./import_flyout'));

const POLL_MILLISECONDS = 10_000;
/** Bars of the small chart of a day. */
const SPARKLINE_BUCKETS = 48;

/** All detectors of the space. */
export default function OverviewPage(): ReactElement {
  const { canWrite } = useApp();
  useBreadcrumbs();
  const request = useDetectorRows();
  const sample = useSample(request.reload);
  const [isImporting, setIsImporting] = useState(false);
  const [areChannelsShown, setAreChannelsShown] = useState(false);
  const hasDetectors = request.value !== undefined && request.value.rows.length > 0;
  const buttons = useOverviewButtons({
    hasDetectors,
    sample,
    openChannels: () => setAreChannelsShown(true),
    openImport: () => setIsImporting(true),
  });
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
        rightSideItems={buttons}
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

/** Detectors with their state and what they found in 24 hours, and the incidents above them, read again and again. */
function useDetectorRows(): Request<{ rows: DetectorRow[]; incidents: NamedIncidents | undefined }> {
  const { api, location } = useApp();
  const asked = incidentsAsked(location.query);
  return useRequest(
    async (signal) => {
      const to = Date.now();
      const from = to - DAY;
      const [list, { statuses }, today, incidents] = await Promise.all([
        api('listDetectors', { query: { per_page: 1_000 } }, signal),
        api('listStatus', {}, signal),
        // Without the right to read results the detectors are shown all the same.
        api(
          'summarizeResults',
          { query: { by: 'detector', from, to, buckets: SPARKLINE_BUCKETS, groups: MOST_COUNTED } },
          signal,
        ).catch(() => undefined),
        namedIncidents(api, { from, to, ...asked }, signal).catch(() => undefined),
      ]);
      return { rows: rowsOf(list, statuses, today, { from, to }), incidents };
    },
    [api, asked.size, asked.page],
    POLL_MILLISECONDS,
  );
}
