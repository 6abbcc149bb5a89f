/** A page that stands in for Kibana around the plugin: shared modules, services, dashboard and rule form. */
import React, { useEffect, useRef, useState, type ReactElement } from 'react';
import ReactDom from 'react-dom';
import { EuiFlyout, EuiGlobalToastList, EuiProvider } from '@elastic/eui';
import moment from 'moment';
import type { MountPoint } from '../../../public/kibana/contracts';
import {
  closeFlyout,
  core,
  dismissToast,
  flyoutListeners,
  scopedHistory,
  toastListeners,
  type HostToast,
} from './core';
import { Dashboard } from './dashboard';
import { NativeDashboard, nativeServices } from './native_dashboard';
import { VisualizationEditor } from './visualization_editor';
import { hostSettings } from './host_settings';
import { dataViews, loadPlugin, type Registered } from './plugin_host';
import { RuleFlyout } from './rule_flyout';
import { RulePage } from './rule_page';

function Toasts(): ReactElement {
  const [toasts, setToasts] = useState<readonly HostToast[]>([]);
  useEffect(() => void toastListeners.add(setToasts), []);
  return (
    <EuiGlobalToastList
      toasts={toasts.map(({ text, ...toast }) => ({
        ...toast,
        text: typeof text === 'function' ? <Mounted draw={text} /> : text,
      }))}
      dismissToast={({ id }) => dismissToast(id)}
      toastLifeTimeMs={8_000}
    />
  );
}

function Mounted({ draw }: { draw: MountPoint }): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => draw(element.current!), [draw]);
  return <div ref={element} />;
}

function Flyout(): ReactElement | null {
  const [content, setContent] = useState<MountPoint>();
  useEffect(() => void flyoutListeners.add((next) => setContent(() => next)), []);
  return content === undefined ? null : (
    <EuiFlyout size="s" onClose={closeFlyout} aria-label="Flyout" ownFocus={false}>
      <Mounted draw={content} />
    </EuiFlyout>
  );
}

function Application({ registered, id }: { registered: Registered; id: string }): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const app = registered.apps.get(id);
    if (app === undefined) throw new Error(`There is no application ${id}.`);
    const mounted = app.mount({
      element: element.current!,
      history: scopedHistory(core.application.getUrlForApp(id)),
    });
    return () => void mounted.then((unmount) => unmount());
  }, [registered, id]);
  return <div ref={element} style={{ display: 'flex', flexDirection: 'column', minHeight: '100vh' }} />;
}

function Place({ registered }: { registered: Registered }): ReactElement {
  const [, , place] = window.location.pathname.slice(hostSettings.basePath.length).split('/');
  switch (place) {
    case 'dashboard':
      return <Dashboard registered={registered} />;
    case 'native':
      return <NativeDashboard registered={registered} />;
    case 'visualize':
      return <VisualizationEditor registered={registered} />;
    case 'rule':
      return <RulePage registered={registered} />;
    default:
      return <Application registered={registered} id={place} />;
  }
}

async function main(): Promise<void> {
  moment.locale(hostSettings.locale);
  const registered = await loadPlugin((all) => ({
    dataViews,
    ...nativeServices,
    triggersActionsUi: { getAddRuleFlyout: (props) => <RuleFlyout {...props} registered={all} /> },
  }));
  ReactDom.render(
    <EuiProvider colorMode={hostSettings.isDark ? 'dark' : 'light'}>
      <main>
        <Place registered={registered} />
      </main>
      <Flyout />
      <Toasts />
    </EuiProvider>,
    document.getElementById('host'),
  );
}

core.chrome.docTitle.change('Host page');
void main();
