import React, { useState, type ReactElement } from 'react';
import {
  EuiBadge,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiConfirmModal,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { formatCount } from '../../shared/values/format';
import { useAction } from '../../shared/requests/use_action';
import { saidColumn, takeBackColumns, untilColumn } from './said_columns';
import { matchText, originName, scheduleText } from './suppression_text';

type Listed = Answer<'listSuppressions'>['suppressions'][number];

/** Lists the suppressions with author and expiry; each can be removed. */
export function SuppressionsTable(props: {
  suppressions: readonly Listed[];
  isLoading: boolean;
  changed: () => void;
}): ReactElement {
  const { suppressions, isLoading, changed } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(changed);
  const [removing, setRemoving] = useState<Listed>();
  return (
    <>
      <EuiTitle size="xs">
        <h2>
          {i18n.translate('logAnomalies.suppression.title', { defaultMessage: 'Quiet times and mutes' })}
        </h2>
      </EuiTitle>
      <EuiBasicTable<Listed>
        compressed
        data-test-subj="logAnomaliesSuppressions"
        items={[...suppressions]}
        itemId="id"
        loading={isLoading}
        tableCaption={i18n.translate('logAnomalies.suppression.caption', {
          defaultMessage: 'Quiet times and mutes, newest first',
        })}
        noItemsMessage={i18n.translate('logAnomalies.suppression.none', {
          defaultMessage: 'There are no quiet times and no mutes.',
        })}
        columns={[
          ...contentColumns(),
          untilColumn(),
          {
            field: 'hidden',
            name: i18n.translate('logAnomalies.suppression.hidden', { defaultMessage: 'Hidden so far' }),
            width: '150px',
            render: formatCount,
          },
          saidColumn(),
          ...takeBackColumns<Listed>(canWrite, isBusy, {
            description: i18n.translate('logAnomalies.suppression.removeDescription', {
              defaultMessage: 'Show what it hides again; you are asked first',
            }),
            subject: 'logAnomaliesRemoveSuppression',
            onClick: setRemoving,
          }),
        ]}
      />
      {removing && (
        <ConfirmRemoval
          name={removing.name}
          isBusy={isBusy}
          close={() => setRemoving(undefined)}
          remove={() =>
            run(
              () => api('removeSuppression', { params: { suppression_id: removing.id } }),
              i18n.translate('logAnomalies.suppression.removed', {
                defaultMessage: 'The hidden results are shown again',
              }),
            )
          }
        />
      )}
    </>
  );
}

/** Columns of what is hidden, and when. */
function contentColumns(): EuiBasicTableColumn<Listed>[] {
  return [
    {
      field: 'name',
      name: i18n.translate('logAnomalies.suppression.name', { defaultMessage: 'What for' }),
      width: '24%',
      render: (name: string, { origin, comment }: Listed) => (
        <div>
          {name} <EuiBadge color="hollow">{originName(origin)}</EuiBadge>
          {comment && (
            <EuiText size="xs" color="subdued">
              {comment}
            </EuiText>
          )}
        </div>
      ),
    },
    {
      name: i18n.translate('logAnomalies.suppression.what', { defaultMessage: 'Hides' }),
      render: (each: Listed) => (
        <EuiText size="xs" className="eui-textBreakWord">
          {matchText(each)}
          {each.detector_ids.length === 0 && (
            <div>
              {i18n.translate('logAnomalies.suppression.everyDetector', {
                defaultMessage: 'for every detector',
              })}
            </div>
          )}
        </EuiText>
      ),
    },
    {
      name: i18n.translate('logAnomalies.suppression.when', { defaultMessage: 'When' }),
      render: (each: Listed) => (
        <EuiText size="xs">
          {scheduleText(each)}
          {each.exclude_from_training && (
            <div>
              {i18n.translate('logAnomalies.suppression.notLearned', {
                defaultMessage: 'its logs are not learned from',
              })}
            </div>
          )}
        </EuiText>
      ),
    },
  ];
}

function ConfirmRemoval({
  name,
  isBusy,
  close,
  remove,
}: {
  name: string;
  isBusy: boolean;
  close: () => void;
  remove: () => Promise<unknown>;
}): ReactElement {
  return (
    <EuiConfirmModal
      title={i18n.translate('logAnomalies.suppression.removeTitle', {
        defaultMessage: 'Take back {name}?',
        values: { name },
      })}
      isLoading={isBusy}
      confirmButtonText={i18n.translate('logAnomalies.suppression.remove', {
        defaultMessage: 'Take back',
      })}
      cancelButtonText={i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
      onCancel={close}
      onConfirm={async () => {
        await remove();
        close();
      }}
    >
      {i18n.translate('logAnomalies.suppression.removeBody', {
        defaultMessage: 'The anomalies that it hides are shown and counted again at once.',
      })}
    </EuiConfirmModal>
  );
}
