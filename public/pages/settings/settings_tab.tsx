import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { detectorPath } from '../../shared/app/location';
import { useAction } from '../../shared/requests/use_action';
import { warnOfView } from '../../shared/detector/warn_of_view';
import type { DetectorView } from '../../shared/detector/detector_view';
import type { ApiFailure } from '../../shared/app/api_client';
import { checkDraft, draftOf, type Draft, type DraftFieldsProps } from '../detector_form/draft/draft';
import { refusedSettings } from '../detector_form/draft/refused_settings';
import { EditableFields } from '../detector_form/editable_fields';
import { ProblemList } from '../detector_form/problem_list';
import { MoreFields } from '../detector_form/more_fields';
import { RareFields } from '../detector_form/rare_fields';
import { readKql } from '../detector_form/draft/read_kql';
import { SensitivityFields } from '../detector_form/sensitivity_fields';
import { BucketNote } from '../detector_form/bucket_note';
import { UpkeepFields } from '../detector_form/upkeep_fields';
import { useDescription } from '../detector_form/draft/use_description';

/** Side by side where there is room. */
const COLUMN = { minWidth: 560, maxWidth: 900 };

/** Tab of settings that do not depend on the choice of logs: sensitivity, grouping, learning and schedule. */
export default function SettingsTab({ record, reload }: DetectorView): ReactElement {
  const { api, canWrite, core } = useApp();
  const { run, isBusy } = useAction(reload);
  // The draft is kept apart from the polled record, so that polling does not undo input.
  const [draft, setDraft] = useState<Draft>(() => draftOf(record.detector));
  const [basis, setBasis] = useState(record);
  const isLater = record.updated_at > basis.updated_at;
  // Starting and stopping change the version, but nothing that is edited here.
  const isElsewhereChanged = isLater && JSON.stringify(basis.detector) !== JSON.stringify(record.detector);
  const [refused, setRefused] = useState<{ readonly of: Draft; readonly problems: Map<string, string> }>();
  const checked = checkDraft(draft, readKql);
  const { detector } = checked;
  // Refused by the server, which knows the fields of the logs; until the draft is another one.
  const problems = new Map([...(refused?.of === draft ? refused.problems : []), ...checked.problems]);
  const description = useDescription({ ...draft, features: [] }, record.detector.source);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(basis.detector));
  const fields = {
    draft,
    change: (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes })),
    problem: (path: string) => problems.get(path),
  };
  const begin = () => {
    setDraft(draftOf(record.detector));
    setBasis(record);
  };
  const save = () =>
    run(
      async () => {
        if (detector === undefined) return;
        const saved = await api('updateDetector', {
          params: { id: record.id },
          body: { detector, version: isElsewhereChanged || !isLater ? basis.version : record.version },
        }).catch((failure: ApiFailure) => {
          setRefused({ of: draft, problems: refusedSettings(failure) });
          throw failure;
        });
        setDraft(draftOf(saved.detector));
        warnOfView(core, saved);
        setBasis(saved);
      },
      i18n.translate('logAnomalies.form.saved', {
        defaultMessage: '{name} is saved',
        values: { name: draft.name },
      }),
    );
  return (
    <div data-test-subj="logAnomaliesSettings">
      {isElsewhereChanged && <ElsewhereChanged reload={begin} />}
      <EuiFlexGroup wrap>
        <EuiFlexItem style={COLUMN}>
          {/* Rows are counted by a preview alone. */}
          <ThresholdPanel {...fields} inWindow={draft.unit === 'bucket' ? undefined : description.value} />
          <EuiSpacer size="m" />
          <EuiPanel hasBorder hasShadow={false}>
            <EditableFields>
              <UpkeepFields {...fields} />
            </EditableFields>
          </EuiPanel>
        </EuiFlexItem>
        <EuiFlexItem style={COLUMN}>
          {record.detector.unit === 'bucket' && <BucketNote detector={record.detector} />}
          <EuiPanel hasBorder hasShadow={false} grow={false}>
            <EditableFields>
              <MoreFields {...fields} isOpen fields={description.value?.fields} />
            </EditableFields>
          </EuiPanel>
          <EuiSpacer size="m" />
          <EuiPanel hasBorder hasShadow={false} grow={false}>
            <RareFields {...fields} />
          </EuiPanel>
        </EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      <ProblemList problems={problems} draft={draft} />
      <EuiFlexGroup responsive={false} wrap alignItems="center">
        <EuiFlexItem grow={false}>
          <EuiButton
            fill
            iconType="save"
            isLoading={isBusy}
            isDisabled={!canWrite || !isChanged || detector === undefined}
            onClick={save}
            data-test-subj="logAnomaliesSaveSettings"
          >
            {i18n.translate('logAnomalies.form.save', { defaultMessage: 'Save' })}
          </EuiButton>
        </EuiFlexItem>
        {isChanged && (
          <EuiFlexItem grow={false}>
            <EuiButtonEmpty onClick={begin}>
              {i18n.translate('logAnomalies.settings.discard', { defaultMessage: 'Discard the changes' })}
            </EuiButtonEmpty>
          </EuiFlexItem>
        )}
        <ToForm id={record.id} />
        {!canWrite && <ReadOnlyHint />}
      </EuiFlexGroup>
    </div>
  );
}

/** Says that the detector was changed by somebody else meanwhile. */
function ElsewhereChanged({ reload }: { reload: () => void }): ReactElement {
  return (
    <>
      <EuiCallOut
        size="s"
        color="warning"
        iconType="warning"
        title={i18n.translate('logAnomalies.settings.changed', {
          defaultMessage: 'Somebody has changed this detector meanwhile',
        })}
      >
        <EuiButtonEmpty size="s" flush="left" onClick={reload}>
          {i18n.translate('logAnomalies.settings.reload', { defaultMessage: 'Show what is saved now' })}
        </EuiButtonEmpty>
      </EuiCallOut>
      <EuiSpacer size="m" />
    </>
  );
}

function ReadOnlyHint(): ReactElement {
  return (
    <EuiFlexItem grow={false}>
      <EuiText size="s" color="subdued">
        {i18n.translate('logAnomalies.settings.readOnly', {
          defaultMessage: 'Changing settings takes the Kibana privilege "Log Anomalies: All".',
        })}
      </EuiText>
    </EuiFlexItem>
  );
}

function ToForm({ id }: { id: string }): ReactElement {
  const { canWrite, go } = useApp();
  return (
    <EuiFlexItem grow={false}>
      <EuiButtonEmpty iconType="pencil" isDisabled={!canWrite} onClick={() => go(detectorPath(id, 'edit'))}>
        {i18n.translate('logAnomalies.settings.form', {
          defaultMessage: 'Change logs, fields, or try a threshold on a preview',
        })}
      </EuiButtonEmpty>
    </EuiFlexItem>
  );
}

function ThresholdPanel({
  inWindow,
  ...fields
}: DraftFieldsProps & { inWindow: ReturnType<typeof useDescription>['value'] }): ReactElement {
  return (
    <EuiPanel hasBorder hasShadow={false}>
      <EuiTitle size="xs">
        <h2>{i18n.translate('logAnomalies.settings.threshold', { defaultMessage: 'Threshold' })}</h2>
      </EuiTitle>
      <EuiSpacer size="m" />
      <EditableFields>
        <SensitivityFields
          isNew={false}
          {...fields}
          // A number that is kept to is said alike to who may count the logs and to who may not.
          inWindow={fields.draft.threshold?.method === 'adaptive' ? undefined : inWindow}
          rows={inWindow}
        />
      </EditableFields>
      <EuiSpacer size="s" />
      <EuiText size="s" color="subdued">
        {i18n.translate('logAnomalies.settings.atOnce', {
          defaultMessage:
            'Threshold, grouping and schedule count from the next run on; a new window is used by the next training.',
        })}
      </EuiText>
    </EuiPanel>
  );
}
