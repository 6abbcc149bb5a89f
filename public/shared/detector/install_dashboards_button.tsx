import React, { useState, type ReactElement } from 'react';
import {
  EuiButtonEmpty,
  EuiConfirmModal,
  EuiContextMenuItem,
  EuiLink,
  EuiText,
  EuiToolTip,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { resultDashboards, toNdjson } from '../../../common/dashboards';
import { takesPanels } from '../../../common/kibana_version';
import { useApp } from '../app/app_context';
import type { CoreStart, HttpSetup } from '../../kibana/contracts';
import { icon } from '../../kibana/icons';
import { renderInKibana } from '../../kibana/render_in_kibana';
import { ButtonMenu } from '../layout/button_menu';
import { spaceOf } from '../layout/space';

/** Answer of `POST /api/saved_objects/_import`. */
interface ImportAnswer {
  readonly success: boolean;
  readonly successCount: number;
  readonly successResults?: readonly {
    readonly id: string;
    /** Differs from the id that was given when another space has an object of that id. */
    readonly destinationId?: string;
  }[];
  readonly errors?: readonly {
    readonly meta: { readonly title?: string };
    readonly id: string;
    readonly error: { readonly type: string; readonly message?: string };
  }[];
}

const titleOf = ({ meta, id }: NonNullable<ImportAnswer['errors']>[number]): string => meta.title ?? id;

/** A dashboard that is installed. */
interface Installed {
  readonly id: string;
  readonly title: string;
}

const objectsOf = (http: HttpSetup, kibanaVersion: string): ReturnType<typeof resultDashboards> =>
  resultDashboards(spaceOf(http), { hasPlugin: true, takesPanels: takesPanels(kibanaVersion) });

/** Returns the dashboards under the ids that the import gave them. */
function installedBy(
  objects: ReturnType<typeof resultDashboards>,
  { successResults = [] }: ImportAnswer,
): Installed[] {
  const ids = new Map(successResults.map(({ id, destinationId }) => [id, destinationId ?? id]));
  return objects
    .filter(({ type }) => type === 'dashboard')
    .map(({ id, attributes }) => ({ id: ids.get(id) ?? id, title: String(attributes.title) }));
}

/** Remembers for this browser which dashboards a space has, since Kibana has no lasting way to ask. */
const memoryOf = (space: string) => {
  const key = `logAnomalies.dashboards.${space}`;
  return {
    read: (): readonly Installed[] => {
      try {
        const found = JSON.parse(window.localStorage.getItem(key) ?? '[]') as unknown;
        return Array.isArray(found) ? (found as Installed[]) : [];
      } catch {
        return [];
      }
    },
    write: (installed: readonly Installed[]): void => {
      try {
        window.localStorage.setItem(key, JSON.stringify(installed));
      } catch {
        // The browser keeps nothing: the dashboards are offered until the page is left.
      }
    },
  };
};

async function importDashboards(
  http: HttpSetup,
  given: ReturnType<typeof resultDashboards>,
  overwrite: boolean,
): Promise<ImportAnswer> {
  const objects = toNdjson(given);
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

const addressOf = ({ application }: CoreStart, { id }: Installed): string =>
  application.getUrlForApp('dashboards', { path: `#/view/${encodeURIComponent(id)}` });

const installText = (): string =>
  i18n.translate('logAnomalies.dashboards.install', { defaultMessage: 'Install dashboards' });

/** Tells that the dashboards are there, with a link to each. */
function tellInstalled(core: CoreStart, dashboards: readonly Installed[]): void {
  core.notifications.toasts.addSuccess({
    title: i18n.translate('logAnomalies.dashboards.installed', {
      defaultMessage: 'The data view and the dashboards are installed',
    }),
    text: (element) =>
      renderInKibana(
        core,
        element,
        <EuiText size="s" data-test-subj="logAnomaliesInstalledDashboards">
          {dashboards.map((each) => (
            <p key={each.id}>
              <EuiLink href={addressOf(core, each)}>{each.title}</EuiLink>
            </p>
          ))}
        </EuiText>,
      ),
  });
}

/** Installs data view and dashboards of the results, asks before it replaces any that are there, and then opens them. */
export function InstallDashboardsButton(): ReactElement {
  const { core, kibanaVersion } = useApp();
  const memory = memoryOf(spaceOf(core.http));
  const [isBusy, setIsBusy] = useState(false);
  const [existing, setExisting] = useState<readonly string[]>();
  const [installed, setInstalled] = useState(memory.read);
  const { capabilities } = core.application;
  const isAllowed = capabilities.savedObjectsManagement?.edit === true;

  const install = async (overwrite: boolean): Promise<void> => {
    setIsBusy(true);
    setExisting(undefined);
    try {
      const objects = objectsOf(core.http, kibanaVersion);
      const answer = await importDashboards(core.http, objects, overwrite);
      const { errors = [] } = answer;
      const failed = errors.filter(({ error }) => error.type !== 'conflict');
      if (failed.length > 0) {
        throw new Error(
          failed.map((each) => `${titleOf(each)}: ${each.error.message ?? each.error.type}`).join('; '),
        );
      }
      const dashboards = installedBy(objects, answer);
      memory.write(dashboards);
      setInstalled(dashboards);
      if (errors.length > 0) setExisting(errors.map(titleOf));
      else tellInstalled(core, dashboards);
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

  if (isAllowed && installed.length > 0) {
    return (
      <>
        <DashboardsMenu installed={installed} isBusy={isBusy} installAgain={() => void install(false)} />
        <ReplaceQuestion
          existing={existing}
          replace={() => install(true)}
          keep={() => setExisting(undefined)}
        />
      </>
    );
  }
  const button = (
    <EuiButtonEmpty
      iconType="dashboardApp"
      isLoading={isBusy}
      isDisabled={!isAllowed}
      onClick={() => install(false)}
      data-test-subj="logAnomaliesInstallDashboards"
    >
      {installText()}
    </EuiButtonEmpty>
  );
  return isAllowed ? (
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
  );
}

/** Opens one of the dashboards, or installs them again. */
function DashboardsMenu(props: {
  installed: readonly Installed[];
  isBusy: boolean;
  installAgain: () => void;
}): ReactElement {
  const { installed, isBusy, installAgain } = props;
  const { core } = useApp();
  return (
    <ButtonMenu
      label={i18n.translate('logAnomalies.dashboards.open', { defaultMessage: 'Open dashboards' })}
      iconType={icon('arrowDown')}
      iconSide="right"
      isBusy={isBusy}
      subject="logAnomaliesOpenDashboards"
      items={(close) => [
        ...installed.map((each) => (
          <EuiContextMenuItem key={each.id} icon="dashboardApp" href={addressOf(core, each)}>
            {each.title}
          </EuiContextMenuItem>
        )),
        <EuiContextMenuItem
          key="again"
          icon={icon('importAction')}
          onClick={() => {
            close();
            installAgain();
          }}
          data-test-subj="logAnomaliesInstallAgain"
        >
          {i18n.translate('logAnomalies.dashboards.again', { defaultMessage: 'Install dashboards again' })}
        </EuiContextMenuItem>,
      ]}
    />
  );
}

/** Asks before changes of people are lost. */
function ReplaceQuestion(props: {
  existing: readonly string[] | undefined;
  replace: () => void;
  keep: () => void;
}): ReactElement | null {
  const { existing, replace, keep } = props;
  if (existing === undefined) return null;
  return (
    <EuiConfirmModal
      title={i18n.translate('logAnomalies.dashboards.replaceTitle', {
        defaultMessage: 'Replace what is there?',
      })}
      confirmButtonText={i18n.translate('logAnomalies.dashboards.replace', { defaultMessage: 'Replace' })}
      cancelButtonText={i18n.translate('logAnomalies.dashboards.keep', { defaultMessage: 'Keep' })}
      buttonColor="danger"
      onConfirm={replace}
      onCancel={keep}
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
  );
}
