import React, { type ReactElement } from 'react';
import { EuiFieldText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { elasticsearchQuery } from '../shared/requests/elasticsearch_query';
import { Row } from './form_parts';

/** @returns undefined for KQL that matches everything, and for what cannot be read */
function readKql(kql: string): string | undefined {
  try {
    return elasticsearchQuery({ query: kql, language: 'kuery' });
  } catch {
    return undefined;
  }
}

/** Field for KQL over the fields of results. What cannot be read is kept without a query, which the check of the form refuses. */
export function QueryRow(props: {
  kql: string | undefined;
  /** Set by the API without KQL: shown as it is. */
  query: string | undefined;
  errors: readonly string[] | undefined;
  setRuleParams: (name: string, value: unknown) => void;
}): ReactElement {
  const { kql, query, errors, setRuleParams } = props;
  const change = (text: string): void => {
    setRuleParams('kql', text === '' ? undefined : text);
    setRuleParams('query', readKql(text));
  };
  return (
    <Row
      label={i18n.translate('logAnomalies.rule.query', { defaultMessage: 'Only anomalies that match (KQL)' })}
      help={
        kql === undefined && query !== undefined
          ? i18n.translate('logAnomalies.rule.queryDsl', {
              defaultMessage: 'Now by a query of Elasticsearch that was not made here: {query}',
              values: { query: query.slice(0, 200) },
            })
          : i18n.translate('logAnomalies.rule.queryHelp', {
              defaultMessage: 'By the fields of results, such as {example}; empty: all.',
              values: { example: 'service.name : shop and not url.path : "/health"' },
            })
      }
      errors={errors}
    >
      <EuiFieldText
        fullWidth
        value={kql ?? ''}
        isInvalid={(errors?.length ?? 0) > 0}
        onChange={(event) => change(event.target.value)}
        data-test-subj="logAnomaliesRuleQuery"
      />
    </Row>
  );
}
