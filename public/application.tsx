import React, { lazy, Suspense, useEffect, useMemo, useState, type ReactElement } from 'react';
import { EuiButton, EuiEmptyPrompt, EuiErrorBoundary, EuiPageTemplate } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from './kibana/icons';
import { PLUGIN_ID, PLUGIN_NAME } from '../common/plugin';
import { createApiClient } from './shared/app/api_client';
import { AppContextProvider, useApp, type AppContext } from './shared/app/app_context';
import type { AppMountParameters, CoreStart, PluginsStart, ScopedHistory } from './kibana/contracts';
import { renderInKibana } from './kibana/render_in_kibana';
import { placeOf, readLocation, writeLocation } from './shared/app/location';
import { LoadingPrompt } from './shared/requests/request_state';
import { setDateFormat } from './shared/values/format';

const OverviewPage = lazy(() => import('./pages/overview/overview_page'));
const DetectorFormPage = lazy(() => import('./pages/detector_form/detector_form_page'));
const DetectorPage = lazy(() => import('./pages/detector_page'));
const IncidentPage = lazy(() => import('./pages/incidents/incident_page'));
const ScanPage = lazy(() => import('./pages/scan/scan_page'));
const CalendarPage = lazy(() => import('./pages/calendar/calendar_page'));
const ResultPage = lazy(() => import('./pages/result_page'));

/** @returns takes the application away again */
export function renderApplication(
  core: CoreStart,
  plugins: PluginsStart,
  { element, history }: AppMountParameters,
  kibanaVersion: string,
): () => void {
  core.chrome.docTitle.change(PLUGIN_NAME);
  setDateFormat(core.uiSettings.get('dateFormat'));
  return renderInKibana(
    core,
    element,
    <Application core={core} plugins={plugins} history={history} kibanaVersion={kibanaVersion} />,
  );
}

interface ApplicationProps {
  readonly core: CoreStart;
  readonly plugins: PluginsStart;
  readonly history: ScopedHistory;
  readonly kibanaVersion: string;
}

function Application({ core, plugins, history, kibanaVersion }: ApplicationProps): ReactElement {
  const [location, setLocation] = useState(() =>
    readLocation(history.location.pathname, history.location.search),
  );
  useEffect(
    () => history.listen(() => setLocation(readLocation(history.location.pathname, history.location.search))),
    [history],
  );
  const api = useMemo(() => createApiClient(core.http), [core]);
  const app = useMemo<AppContext>(
    () => ({
      api,
      core,
      plugins,
      kibanaVersion,
      canWrite: core.application.capabilities[PLUGIN_ID]?.save === true,
      location,
      go: (path, query) => history.push(writeLocation(path, query)),
      redirect: (path, query) => history.replace(writeLocation(path, query)),
      setQuery: (changes) => {
        const now = readLocation(history.location.pathname, history.location.search);
        history.replace(writeLocation(now.path, { ...now.query, ...changes }));
      },
      hrefOf: (path) => history.createHref({ pathname: path }),
    }),
    [api, core, plugins, history, kibanaVersion, location],
  );
  return (
    <AppContextProvider value={app}>
      <EuiErrorBoundary>
        <Suspense fallback={<LoadingPrompt />}>
          <CurrentPage />
        </Suspense>
      </EuiErrorBoundary>
    </AppContextProvider>
  );
}

function CurrentPage(): ReactElement {
  const { location } = useApp();
  const place = placeOf(location.path);
  switch (place.page) {
    case 'overview':
      return <OverviewPage />;
    case 'create':
      return <DetectorFormPage key="new" />;
    case 'scan':
      return <ScanPage />;
    case 'calendar':
      return <CalendarPage />;
    case 'edit':
      return <DetectorFormPage key={place.id} id={place.id} />;
    case 'detector':
      return <DetectorPage key={place.id} id={place.id} tab={place.tab} />;
    case 'result':
      return <ResultPage id={place.id} />;
    case 'incident':
      return <IncidentPage key={place.id} id={place.id} />;
    case 'unknown':
      return <UnknownPage />;
  }
}

function UnknownPage(): ReactElement {
  const { go } = useApp();
  return (
    <EuiPageTemplate offset={0}>
      <EuiEmptyPrompt
        iconType={icon('questionInCircle')}
        title={
          <h2>
            {i18n.translate('logAnomalies.unknownPage.title', { defaultMessage: 'There is no such page' })}
          </h2>
        }
        actions={
          <EuiButton onClick={() => go('/')}>
            {i18n.translate('logAnomalies.unknownPage.home', { defaultMessage: 'To the detectors' })}
          </EuiButton>
        }
      />
    </EuiPageTemplate>
  );
}
