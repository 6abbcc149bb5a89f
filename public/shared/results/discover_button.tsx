import React, { type ReactElement } from 'react';
import { EuiButtonEmpty, EuiToolTip } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../app/app_context';
import { useAction } from '../requests/use_action';
import { useRequest } from '../requests/use_request';
import { discoverLink, type LogsToShow } from './discover_link';

interface DataViews {
  readonly data_view: readonly unknown[];
}

/**
 * Link to logs in Discover. Discover shows nothing in a space without a single data view, whatever a link brings along: there the
 * button makes one for these logs first. Absent for users who may not see Discover.
 */
export function DiscoverButton(props: {
  logs: LogsToShow;
  label: string;
  subject: string;
}): ReactElement | null {
  const { logs, label, subject } = props;
  const { core, kibanaVersion } = useApp();
  const { run, isBusy } = useAction();
  const { capabilities } = core.application;
  const maySee = capabilities.discover?.show === true;
  const dataViews = useRequest(
    async (signal) =>
      maySee ? core.http.fetch<DataViews>('/api/data_views', { method: 'GET', signal }) : undefined,
    [core, maySee],
  );
  if (!maySee) return null;
  const href = discoverLink(core.http, kibanaVersion, logs);
  const hasNone = dataViews.value !== undefined && dataViews.value.data_view.length === 0;
  if (!hasNone) {
    return (
      <EuiButtonEmpty size="s" iconType="discoverApp" href={href} data-test-subj={subject}>
        {label}
      </EuiButtonEmpty>
    );
  }
  const mayMake = capabilities.indexPatterns?.save === true;
  const make = () =>
    run(async () => {
      const { index: title, timestampField: timeFieldName } = logs;
      await core.http.fetch('/api/data_views/data_view', {
        method: 'POST',
        body: JSON.stringify({ data_view: { title, name: title, timeFieldName } }),
      });
      window.location.assign(href);
    });
  return (
    <EuiToolTip
      content={
        mayMake
          ? i18n.translate('logAnomalies.discover.makesView', {
              defaultMessage:
                'This space has no data view, and without one Discover shows nothing. One named {index} is made first.',
              values: { index: logs.index },
            })
          : i18n.translate('logAnomalies.discover.needsView', {
              defaultMessage:
                'This space has no data view, and without one Discover shows nothing. Ask for one over {index}.',
              values: { index: logs.index },
            })
      }
    >
      <EuiButtonEmpty
        size="s"
        iconType="discoverApp"
        isLoading={isBusy}
        isDisabled={!mayMake}
        onClick={make}
        data-test-subj={subject}
      >
        {label}
      </EuiButtonEmpty>
    </EuiToolTip>
  );
}
