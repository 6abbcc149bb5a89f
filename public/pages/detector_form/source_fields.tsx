import React, { type ReactElement } from 'react';
import {
  EuiComboBox,
  EuiFieldText,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiLink,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { useRequest } from '../../shared/requests/use_request';
import type { Draft, DraftFieldsProps } from './draft/draft';
import { freeName } from './draft/free_name';
import { QueryField } from './query_field';

interface DataViews {
  readonly data_view: readonly { readonly title: string; readonly name?: string }[];
}

/** Its name, and which logs it reads. */
export function SourceFields({
  draft,
  change,
  problem,
  ownId,
}: DraftFieldsProps & { ownId?: string }): ReactElement {
  const { core } = useApp();
  // Without data views an index can still be typed.
  const dataViews = useRequest(
    (signal) => core.http.fetch<DataViews>('/api/data_views', { method: 'GET', signal }),
    [core],
  );
  const { source } = draft;
  const changeSource = (changes: Partial<Draft['source']>) => change({ source: { ...source, ...changes } });
  const indexLabel = i18n.translate('logAnomalies.form.index', { defaultMessage: 'Data view or index' });
  return (
    <>
      <NameField {...{ draft, change, problem, ownId }} />
      <EuiFormRow
        fullWidth
        label={indexLabel}
        helpText={i18n.translate('logAnomalies.form.indexHelp', {
          defaultMessage: 'Choose a data view, or type an index, data stream or pattern and press Enter.',
        })}
        isInvalid={problem('source.index') !== undefined}
        error={problem('source.index')}
      >
        <EuiComboBox
          fullWidth
          inputPopoverProps={{ 'aria-label': indexLabel }}
          singleSelection={{ asPlainText: true }}
          isLoading={dataViews.isLoading}
          options={(dataViews.value?.data_view ?? []).map(({ title }) => ({ label: title }))}
          selectedOptions={source.index ? [{ label: source.index }] : []}
          onChange={([chosen]) => changeSource({ index: chosen?.label ?? '' })}
          onCreateOption={(index) => changeSource({ index: index.trim() })}
          isInvalid={problem('source.index') !== undefined}
          data-test-subj="logAnomaliesIndex"
        />
      </EuiFormRow>
      <EuiSpacer size="m" />
      <EuiFlexGroup>
        <EuiFlexItem grow={2}>
          <QueryField source={source} change={changeSource} problem={problem('source.query')} />
        </EuiFlexItem>
        <EuiFlexItem>
          <EuiFormRow
            fullWidth
            label={i18n.translate('logAnomalies.form.timestamp', { defaultMessage: 'Time of a log' })}
            isInvalid={problem('source.timestamp_field') !== undefined}
            error={problem('source.timestamp_field')}
          >
            <EuiFieldText
              fullWidth
              value={source.timestamp_field ?? '@timestamp'}
              onChange={(event) => changeSource({ timestamp_field: event.target.value })}
            />
          </EuiFormRow>
        </EuiFlexItem>
      </EuiFlexGroup>
    </>
  );
}

/** Name of a detector; one that another detector of the space has is allowed, and warned of. */
function NameField(
  props: Pick<DraftFieldsProps, 'draft' | 'change' | 'problem'> & {
    /** The detector that is changed; absent for a new one. */
    ownId?: string;
  },
): ReactElement {
  const { draft, change, problem, ownId } = props;
  const { api } = useApp();
  const detectors = useRequest(
    (signal) => api('listDetectors', { query: { per_page: 1_000 } }, signal),
    [api],
  );
  const taken = new Set(
    (detectors.value?.detectors ?? []).filter(({ id }) => id !== ownId).map(({ detector }) => detector.name),
  );
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.form.name', { defaultMessage: 'Name' })}
      isInvalid={problem('name') !== undefined}
      error={problem('name')}
      helpText={
        taken.has(draft.name) ? (
          <NameTaken free={freeName(draft.name, taken)} take={(name) => change({ name })} />
        ) : undefined
      }
    >
      <EuiFieldText
        fullWidth
        value={draft.name}
        isInvalid={problem('name') !== undefined}
        onChange={(event) => change({ name: event.target.value })}
        data-test-subj="logAnomaliesName"
      />
    </EuiFormRow>
  );
}

const NameTaken = ({ free, take }: { free: string; take: (name: string) => void }): ReactElement => (
  <EuiText size="xs" data-test-subj="logAnomaliesNameTaken">
    {i18n.translate('logAnomalies.form.nameTaken', {
      defaultMessage: 'Another detector of this space has this name.',
    })}{' '}
    <EuiLink onClick={() => take(free)} data-test-subj="logAnomaliesFreeName">
      {i18n.translate('logAnomalies.form.freeName', {
        defaultMessage: 'Use “{name}”',
        values: { name: free },
      })}
    </EuiLink>
  </EuiText>
);
