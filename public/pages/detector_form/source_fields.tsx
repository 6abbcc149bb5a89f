import React, { type ReactElement } from 'react';
import { EuiComboBox, EuiFieldText, EuiFlexGroup, EuiFlexItem, EuiFormRow, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { useRequest } from '../../shared/requests/use_request';
import type { Draft, DraftFieldsProps } from './draft/draft';
import { QueryField } from './query_field';

interface DataViews {
  readonly data_view: readonly { readonly title: string; readonly name?: string }[];
}

/** Its name, and which logs it reads. */
export function SourceFields({ draft, change, problem }: DraftFieldsProps): ReactElement {
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
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.form.name', { defaultMessage: 'Name' })}
        isInvalid={problem('name') !== undefined}
        error={problem('name')}
      >
        <EuiFieldText
          fullWidth
          value={draft.name}
          isInvalid={problem('name') !== undefined}
          onChange={(event) => change({ name: event.target.value })}
          data-test-subj="logAnomaliesName"
        />
      </EuiFormRow>
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
