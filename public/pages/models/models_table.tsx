import React, { type ReactElement } from 'react';
import {
  EuiBadge,
  EuiBasicTable,
  EuiHealth,
  EuiLink,
  EuiText,
  type EuiTableActionsColumnType,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { ModelRecordBody } from '../../../common/api';
import { formatCount, formatScore, formatTime } from '../../shared/values/format';
import { evaluationFigures } from './evaluation_figures';
import { VERDICT_COLORS, verdictName } from './gate_verdict';
import { noteText } from '../../shared/values/model_note';

function statusName(status: ModelRecordBody['status']): string {
  switch (status) {
    case 'active':
      return i18n.translate('logAnomalies.models.active', { defaultMessage: 'active' });
    case 'candidate':
      return i18n.translate('logAnomalies.models.candidate', { defaultMessage: 'candidate' });
    case 'retired':
      return i18n.translate('logAnomalies.models.retired', { defaultMessage: 'retired' });
  }
}

/** Returns what became of models that were ticked: a promotion makes another one active, a deletion leaves fewer. */
export const asTheyAre = (
  ticked: readonly ModelRecordBody[],
  models: readonly ModelRecordBody[],
): readonly ModelRecordBody[] =>
  ticked.flatMap(({ version }) => models.find((model) => model.version === version) ?? []);

/** Returns the models to compare: two that are ticked, or one that is ticked and the active one. */
export function comparedModels(
  selected: readonly ModelRecordBody[],
  models: readonly ModelRecordBody[],
): readonly ModelRecordBody[] {
  const active = models.find(({ status: each }) => each === 'active');
  return selected.length === 1 && active !== undefined && selected[0].version !== active.version
    ? [selected[0], active]
    : selected;
}

interface ModelsTableProps {
  readonly models: readonly ModelRecordBody[];
  readonly selected: readonly ModelRecordBody[];
  readonly select: (models: readonly ModelRecordBody[]) => void;
  readonly canWrite: boolean;
  readonly isBusy: boolean;
  /** Shows what was checked of it, and asks whether it is to take over. */
  readonly look: (model: ModelRecordBody) => void;
  readonly save: (model: ModelRecordBody) => void;
  readonly remove: (model: ModelRecordBody) => void;
}

/** The models of a detector, each with what can be done with it; one or two can be ticked to be compared. */
export function ModelsTable(props: ModelsTableProps): ReactElement {
  const { models, selected, select, look } = props;
  return (
    <EuiBasicTable<ModelRecordBody>
      data-test-subj="logAnomaliesModels"
      items={[...models]}
      itemId="version"
      tableCaption={i18n.translate('logAnomalies.models.caption', {
        defaultMessage: 'Models of this detector, newest first',
      })}
      noItemsMessage={i18n.translate('logAnomalies.models.none', {
        defaultMessage: 'No model yet: train one, or start the detector.',
      })}
      selection={{
        onSelectionChange: select,
        selectable: ({ version }) => selected.length < 2 || selected.some((each) => each.version === version),
      }}
      columns={[
        {
          field: 'created_at',
          name: i18n.translate('logAnomalies.models.trained', { defaultMessage: 'Trained' }),
          render: (time: string, { version, note }: ModelRecordBody) => (
            <div>
              {formatTime(time)}
              <EuiText size="xs" color="subdued">
                {version}
                {note ? ` · ${noteText(note)}` : ''}
              </EuiText>
            </div>
          ),
          width: '28%',
        },
        {
          field: 'status',
          name: i18n.translate('logAnomalies.models.status', { defaultMessage: 'Status' }),
          render: (each: ModelRecordBody['status']) => (
            <EuiBadge color={each === 'active' ? 'success' : 'hollow'}>{statusName(each)}</EuiBadge>
          ),
        },
        {
          field: 'rows',
          name: i18n.translate('logAnomalies.models.rows', { defaultMessage: 'Logs learned from' }),
          render: formatCount,
        },
        {
          field: 'threshold',
          name: i18n.translate('logAnomalies.models.threshold', { defaultMessage: 'Threshold' }),
          render: formatScore,
        },
        {
          name: i18n.translate('logAnomalies.models.evaluation', { defaultMessage: 'Evaluation' }),
          render: (model: ModelRecordBody) => (
            <EuiText size="xs">{evaluationFigures(model).join(' · ') || '–'}</EuiText>
          ),
        },
        {
          name: i18n.translate('logAnomalies.models.gate', { defaultMessage: 'Checks' }),
          width: '120px',
          render: (model: ModelRecordBody) => <GateLink model={model} look={() => look(model)} />,
        },
        {
          name: i18n.translate('logAnomalies.overview.actions', { defaultMessage: 'Actions' }),
          actions: actionsOf(props),
        },
      ]}
    />
  );
}

function GateLink({ model, look }: { model: ModelRecordBody; look: () => void }): ReactElement {
  return model.gate ? (
    <EuiLink onClick={look} data-test-subj="logAnomaliesShowGate">
      <EuiHealth color={VERDICT_COLORS[model.gate.verdict]} textSize="xs">
        {verdictName(model.gate.verdict)}
      </EuiHealth>
    </EuiLink>
  ) : (
    <>–</>
  );
}

function actionsOf({
  canWrite,
  isBusy,
  look,
  save,
  remove,
}: ModelsTableProps): EuiTableActionsColumnType<ModelRecordBody>['actions'] {
  return [
    {
      name: i18n.translate('logAnomalies.models.promote', { defaultMessage: 'Promote' }),
      description: i18n.translate('logAnomalies.models.promoteDescription', {
        defaultMessage: 'Score new logs with this model; you are asked first',
      }),
      icon: icon('launch'),
      type: 'icon',
      isPrimary: true,
      'data-test-subj': 'logAnomaliesPromote',
      available: ({ status: each }: ModelRecordBody) => canWrite && each !== 'active',
      enabled: () => !isBusy,
      onClick: look,
    },
    {
      name: i18n.translate('logAnomalies.models.export', { defaultMessage: 'Export' }),
      description: i18n.translate('logAnomalies.models.exportDescription', {
        defaultMessage: 'Save it as the file that the command line reads',
      }),
      icon: icon('exportAction'),
      type: 'icon',
      onClick: save,
    },
    {
      name: i18n.translate('logAnomalies.action.delete', { defaultMessage: 'Delete' }),
      description: i18n.translate('logAnomalies.models.deleteDescription', {
        defaultMessage: 'Delete this model; you are asked first',
      }),
      icon: 'trash',
      type: 'icon',
      color: 'danger',
      available: ({ status: each }: ModelRecordBody) => canWrite && each !== 'active',
      onClick: remove,
    },
  ];
}
