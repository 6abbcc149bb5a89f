import React, { type ReactElement } from 'react';
import { EuiButtonEmpty, EuiFieldText, EuiFormRow } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { useDataView } from '../../shared/requests/use_data_view';
import type { Draft } from './draft/draft';

/** Field for the query that selects the logs: KQL with suggestions, or Lucene. An Elasticsearch query is left as it is. */
export function QueryField(props: {
  source: Draft['source'];
  change: (changes: Partial<Draft['source']>) => void;
  problem: string | undefined;
}): ReactElement {
  const { source, change, problem } = props;
  const { plugins } = useApp();
  const dataView = useDataView(source.index, source.timestamp_field ?? '@timestamp');
  const HostSearchBar = plugins.unifiedSearch?.ui.SearchBar;
  const isKql = source.kql !== undefined;
  const isDsl = !isKql && typeof source.query === 'object';
  const lucene = isDsl ? JSON.stringify(source.query) : ((source.query as string | undefined) ?? '');
  const hasKql = HostSearchBar !== undefined;
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.form.query', { defaultMessage: 'Only logs that match' })}
      labelAppend={
        hasKql ? (
          <EuiButtonEmpty
            size="xs"
            flush="right"
            onClick={() =>
              change(isKql ? { kql: undefined, query: undefined } : { kql: '', query: undefined })
            }
          >
            {isKql
              ? i18n.translate('logAnomalies.form.useLucene', { defaultMessage: 'Use Lucene' })
              : i18n.translate('logAnomalies.form.useKql', { defaultMessage: 'Use KQL' })}
          </EuiButtonEmpty>
        ) : undefined
      }
      helpText={
        isDsl
          ? i18n.translate('logAnomalies.form.queryDsl', {
              defaultMessage: 'A query of Elasticsearch, which is changed in the YAML file.',
            })
          : i18n.translate('logAnomalies.form.queryHelp', {
              defaultMessage: 'Such as {example}; empty: all logs.',
              values: {
                example:
                  isKql && hasKql
                    ? 'service.name : shop and not url.path : "/health"'
                    : 'service.name:shop AND NOT url.path:"/health"',
              },
            })
      }
      isInvalid={problem !== undefined}
      error={problem}
    >
      {isKql && HostSearchBar ? (
        <HostSearchBar
          appName="logAnomalies"
          displayStyle="inPage"
          indexPatterns={dataView ? [dataView] : []}
          query={{ query: source.kql ?? '', language: 'kuery' }}
          showDatePicker={false}
          showFilterBar={false}
          showQueryMenu={false}
          showSubmitButton={false}
          dataTestSubj="logAnomaliesKql"
          onQueryChange={({ query }) => change({ kql: String(query?.query ?? '') })}
          onQuerySubmit={({ query }) => change({ kql: String(query?.query ?? '') })}
        />
      ) : (
        <EuiFieldText
          fullWidth
          value={isKql ? '' : lucene}
          disabled={isDsl}
          isInvalid={problem !== undefined}
          onChange={(event) => change({ kql: undefined, query: event.target.value || undefined })}
          data-test-subj="logAnomaliesQuery"
        />
      )}
    </EuiFormRow>
  );
}
