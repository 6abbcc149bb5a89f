import React, { useState, type ReactElement } from 'react';
import { EuiButtonEmpty, EuiConfirmModal, EuiToolTip } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { resultDashboards, toNdjson } from '../../../common/dashboards';
import { takesPanels } from '../../../common/kibana_version';
import { useApp } from '../app/app_context';
import type { HttpSetup } from '../../kibana/contracts';
import { spaceOf } from '../layout/space';

/** Answer of `POST /api/saved_objects/_import`. */
interface ImportAnswer {
  readonly success: boolean;
  readonly successCount: number;
  readonly errors?: readonly {
    readonly meta: { readonly title?: string };
    readonly id: string;
    readonly error: { readonly type: string; readonly message?: string };
  }[];
}

const titleOf = ({ meta, id }: NonNullable<ImportAnswer['errors']>[number]): string => meta.title ?? id;

async function importDashboards(
  http: HttpSetup,
  kibanaVersion: string,
  overwrite: boolean,
): Promise<ImportAnswer> {
  const objects = toNdjson(
    resultDashboards(spaceOf(http), { hasPlugin: true, takesPanels: takesPanels(kibanaVersion) }),
  );
  const body = new FormData();
  body.append('file', new File([objects], 'log-anomalies.ndjson', { type: 'application/ndjson' }));
  return http.fetch<ImportAnswer>('/api/saved_objects/_import', {
    method: 'POST',
    query: { overwrite },
    body,
    // The browser writes the boundary of the form into it.
    headers: { 'Content-Type': undefined },
  });
}

/** Installs data view and dashboards of the results, and asks before it replaces any that are there. */
export function InstallDashboardsButton(): ReactElement {
  const { core, kibanaVersion } = useApp();
  const [isBusy, setIsBusy] = useState(false);
  const [existing, setExisting] = useState<readonly string[]>();
  const { capabilities } = core.application;
  const isAllowed = capabilities.savedObjectsManagement?.edit === true;

  const install = async (overwrite: boolean): Promise<void> => {
    setIsBusy(true);
    setExisting(undefined);
    try {
      const { errors = [], successCount } = await importDashboards(core.http, kibanaVersion, overwrite);
      const failed = errors.filter(({ error }) => error.type !== 'conflict');
      if (failed.length > 0) {
        throw new Error(
          failed.map((each) => `${titleOf(each)}: ${each.error.message ?? each.error.type}`).join('; '),
        );
      }
      if (errors.length > 0) setExisting(errors.map(titleOf));
      else {
        core.notifications.toasts.addSuccess({
          title: i18n.translate('logAnomalies.dashboards.installed', {
            defaultMessage: 'The data view and the dashboards are installed',
          }),
          text: i18n.translate('logAnomalies.dashboards.installedText', {
            defaultMessage:
              '{count} objects, see "Log Anomalies: overview" and "Log Anomalies: HTTP service" among the dashboards.',
            values: { count: successCount },
          }),
        });
      }
    } catch (error) {
      const { body, message } = error as Error & { body?: { message?: string } };
      core.notifications.toasts.addDanger({
        title: i18n.translate('logAnomalies.dashboards.failed', {
          defaultMessage: 'The dashboards could not be installed',
        }),
        text: body?.message ?? message,
      });
    } finally {
      setIsBusy(false);
    }
  };

  const button = (
    <EuiButtonEmpty
      iconType="dashboardApp"
      isLoading={isBusy}
      isDisabled={!isAllowed}
      onClick={() => install(false)}
      data-test-subj="logAnomaliesInstallDashboards"
    >
      {i18n.translate('logAnomalies.dashboards.install', { defaultMessage: 'Install dashboards' })}
    </EuiButtonEmpty>
  );
  return (
    <>
      {isAllowed ? (
        button
      ) : (
        <EuiToolTip
          content={i18n.translate('logAnomalies.dashboards.forbidden', {
            defaultMessage:
              'Installing dashboards takes the Kibana privilege "Saved Objects Management: All". Ask an administrator.',
          })}
        >
          <span tabIndex={0}>{button}</span>
        </EuiToolTip>
      )}
      {existing && (
        <EuiConfirmModal
          title={i18n.translate('logAnomalies.dashboards.replaceTitle', {
            defaultMessage: 'Replace what is there?',
          })}
          confirmButtonText={i18n.translate('logAnomalies.dashboards.replace', { defaultMessage: 'Replace' })}
          cancelButtonText={i18n.translate('logAnomalies.dashboards.keep', { defaultMessage: 'Keep' })}
          buttonColor="danger"
          onConfirm={() => install(true)}
          onCancel={() => setExisting(undefined)}
          data-test-subj="logAnomaliesReplaceDashboards"
        >
          <p>
            {i18n.translate('logAnomalies.dashboards.replaceText', {
              defaultMessage: 'Changes that were made to these are lost:',
            })}
          </p>
          <ul>
            {existing.map((title) => (
              <li key={title}>{title}</li>
            ))}
          </ul>
        </EuiConfirmModal>
      )}
    </>
  );
}
