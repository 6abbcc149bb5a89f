import React, { type ReactElement } from 'react';
import { EuiButtonEmpty, EuiFlexItem } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../app/app_context';
import { fieldText } from './field_text';

/** Ways from a log to the pages of Kibana about its trace and its host, where the log names them and the user may see them. */
export function SolutionLinks({ log }: { log: object }): ReactElement | null {
  const { core } = useApp();
  const { capabilities, getUrlForApp } = core.application;
  const trace = fieldText(log, 'trace.id');
  const host = fieldText(log, 'host.name');
  const links = [
    {
      isShown: trace !== undefined && capabilities.apm?.show === true,
      // Source: x-pack/plugins/apm/public/components/routing/apm_route_config.tsx `/link-to/trace/{traceId}`.
      href: getUrlForApp('apm', { path: `/link-to/trace/${encodeURIComponent(trace ?? '')}` }),
      label: i18n.translate('logAnomalies.details.trace', { defaultMessage: 'Its trace' }),
      subject: 'logAnomaliesTrace',
    },
    {
      isShown: host !== undefined && capabilities.infrastructure?.show === true,
      // Source: x-pack/plugins/infra/public/pages/metrics/index.tsx `/detail/:type/:node`.
      href: getUrlForApp('metrics', { path: `/detail/host/${encodeURIComponent(host ?? '')}` }),
      label: i18n.translate('logAnomalies.details.host', { defaultMessage: 'Its host' }),
      subject: 'logAnomaliesHost',
    },
  ].filter(({ isShown }) => isShown);
  return (
    <>
      {links.map(({ href, label, subject }) => (
        <EuiFlexItem grow={false} key={subject}>
          <EuiButtonEmpty size="s" iconType="link" href={href} data-test-subj={subject}>
            {label}
          </EuiButtonEmpty>
        </EuiFlexItem>
      ))}
    </>
  );
}
