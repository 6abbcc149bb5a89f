import React, { useState, type ReactElement } from 'react';
import {
  EuiBadge,
  EuiBasicTable,
  EuiButton,
  EuiCallOut,
  EuiFilePicker,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiFormRow,
  EuiLoadingSpinner,
  EuiRadioGroup,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { ImportedDetector, NameConflict } from '../../../common/api';
import type { ApiFailure } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { FlyoutFooter } from '../../shared/layout/flyout_footer';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';

/** Detectors of a file: what would be done with each is shown before it is. */
export default function ImportFlyout({ close }: { close: (isImported: boolean) => void }): ReactElement {
  const { api } = useApp();
  const { run, isBusy } = useAction();
  const [yaml, setYaml] = useState<string>();
  const [onConflict, setOnConflict] = useState<NameConflict>('refuse');
  const order = { yaml: yaml ?? '', on_conflict: onConflict };
  const trial = useRequest(
    async (signal) => {
      if (yaml === undefined) return undefined;
      const { detectors } = await api('importDetectors', { body: { ...order, dry_run: true } }, signal);
      return detectors;
    },
    [api, yaml, onConflict],
  );
  const planned = trial.failure === undefined && !trial.isLoading ? trial.value : undefined;
  const save = async () => {
    const isDone = await run(
      () => api('importDetectors', { body: order }),
      i18n.translate('logAnomalies.exchange.imported', {
        defaultMessage: '{count, plural, one {# detector is} other {# detectors are}} imported',
        values: { count: planned?.length ?? 0 },
      }),
    );
    if (isDone) close(true);
    else trial.reload();
  };
  return (
    <EuiFlyout onClose={() => close(false)} size="m" ownFocus aria-labelledby="logAnomaliesImportTitle">
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="logAnomaliesImportTitle">
            {i18n.translate('logAnomalies.exchange.import', { defaultMessage: 'Import detectors' })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <EuiText size="s" color="subdued">
          <p>
            {i18n.translate('logAnomalies.exchange.explanation', {
              defaultMessage:
                'Imported detectors are stopped and have no permissions until a user saves or starts them.',
            })}
          </p>
        </EuiText>
        <EuiSpacer size="m" />
        <FileField
          choose={(file) =>
            file === undefined ? setYaml(undefined) : void run(async () => setYaml(await file.text()))
          }
        />
        <EuiFormRow
          fullWidth
          label={i18n.translate('logAnomalies.exchange.conflict', {
            defaultMessage: 'Where a detector has the name already',
          })}
        >
          <EuiRadioGroup
            name="logAnomaliesImportConflict"
            idSelected={onConflict}
            onChange={(id) => setOnConflict(id as NameConflict)}
            options={conflictOptions()}
          />
        </EuiFormRow>
        <EuiSpacer size="m" />
        {yaml !== undefined && trial.isLoading && <EuiLoadingSpinner />}
        {yaml !== undefined && !trial.isLoading && trial.failure && (
          <EuiCallOut
            size="s"
            color="danger"
            iconType="warning"
            title={i18n.translate('logAnomalies.exchange.refused', {
              defaultMessage: 'The file cannot be imported like this',
            })}
            data-test-subj="logAnomaliesImportRefused"
          >
            <Problems failure={trial.failure} />
          </EuiCallOut>
        )}
        {planned !== undefined && <PlannedTable planned={planned} />}
      </EuiFlyoutBody>
      <FlyoutFooter close={() => close(false)}>
        <EuiButton
          fill
          isLoading={isBusy}
          isDisabled={planned === undefined}
          onClick={() => void save()}
          data-test-subj="logAnomaliesImportSave"
        >
          {i18n.translate('logAnomalies.exchange.save', {
            defaultMessage: 'Import {count, plural, =0 {} one {# detector} other {# detectors}}',
            values: { count: planned?.length ?? 0 },
          })}
        </EuiButton>
      </FlyoutFooter>
    </EuiFlyout>
  );
}

/** Problems of the file, one below the other, by the paths that the file itself has. */
function Problems({ failure: { message, issues } }: { failure: ApiFailure }): ReactElement {
  if (issues.length === 0) return <p className="eui-textBreakWord">{message}</p>;
  return (
    <ul className="eui-textBreakWord">
      {issues.map((issue) => (
        <li key={issue}>{issue}</li>
      ))}
    </ul>
  );
}

const conflictOptions = (): { id: NameConflict; label: string }[] => [
  {
    id: 'refuse',
    label: i18n.translate('logAnomalies.exchange.refuse', { defaultMessage: 'Import nothing' }),
  },
  {
    id: 'overwrite',
    label: i18n.translate('logAnomalies.exchange.overwrite', {
      defaultMessage: 'Replace its settings; it is stopped, and keeps its models and results',
    }),
  },
  {
    id: 'create',
    label: i18n.translate('logAnomalies.exchange.create', {
      defaultMessage: 'Save a new one under another name',
    }),
  },
];

const PlannedTable = ({ planned }: { planned: ImportedDetector[] }): ReactElement => (
  <EuiBasicTable<ImportedDetector>
    items={planned}
    tableCaption={i18n.translate('logAnomalies.exchange.planned', {
      defaultMessage: 'Result for each detector of the file',
    })}
    data-test-subj="logAnomaliesImportPlan"
    columns={[
      {
        field: 'name',
        name: i18n.translate('logAnomalies.overview.name', { defaultMessage: 'Detector' }),
      },
      {
        field: 'action',
        name: i18n.translate('logAnomalies.exchange.action', { defaultMessage: 'What is done' }),
        render: (action: ImportedDetector['action']) =>
          action === 'created' ? (
            <EuiBadge color="success">
              {i18n.translate('logAnomalies.exchange.created', { defaultMessage: 'New' })}
            </EuiBadge>
          ) : (
            <EuiBadge color="warning">
              {i18n.translate('logAnomalies.exchange.overwritten', { defaultMessage: 'Replaced' })}
            </EuiBadge>
          ),
      },
      {
        field: 'warnings',
        name: i18n.translate('logAnomalies.exchange.warnings', { defaultMessage: 'To know' }),
        render: (warnings: ImportedDetector['warnings']) => (
          <EuiText size="xs">
            {warnings.map((warning) => (
              <p key={warning.code}>{warningText(warning)}</p>
            ))}
          </EuiText>
        ),
      },
    ]}
  />
);

function warningText({ code, message }: ImportedDetector['warnings'][number]): string {
  switch (code) {
    case 'was_running':
      return i18n.translate('logAnomalies.exchange.wasRunning', {
        defaultMessage: 'It is running and will be stopped until somebody starts it.',
      });
    case 'has_pipeline':
      return i18n.translate('logAnomalies.exchange.hasPipeline', {
        defaultMessage:
          'Its ingest pipeline goes on scoring logs with the settings of before; take it off, or put a new one live once the detector runs again.',
      });
    case 'needs_training':
      return i18n.translate('logAnomalies.exchange.needsTraining', {
        defaultMessage:
          'Its model was made for other features or logs; a new one is trained when it is started.',
      });
    default:
      return message;
  }
}

function FileField({ choose }: { choose: (file: File | undefined) => void }): ReactElement {
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.exchange.file', { defaultMessage: 'YAML file' })}
    >
      <EuiFilePicker
        fullWidth
        display="large"
        accept=".yml,.yaml,.json"
        initialPromptText={i18n.translate('logAnomalies.exchange.chooseFile', {
          defaultMessage: 'Choose a file, or drop it here',
        })}
        onChange={(files) => {
          const [chosen] = files ?? [];
          choose(chosen);
        }}
        data-test-subj="logAnomaliesImportFile"
      />
    </EuiFormRow>
  );
}
