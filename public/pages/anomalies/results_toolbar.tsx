import React, { type ReactElement } from 'react';
import { EuiButtonEmpty, EuiComboBox, EuiFlexGroup, EuiFlexItem } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { icon } from '../../kibana/icons';
import { saveFile } from '../../shared/layout/save_file';
import { useAction } from '../../shared/requests/use_action';
import { fieldNames } from '../../shared/results/field_text';
import { resultsCsv } from '../../shared/results/results_csv';
import { DEEPEST, logOf, type Found } from '../../shared/results/results_table';
import { resolveRange, type Interval, type TimeRange } from '../../shared/values/time_range';

/** Results of one request for the export. */
const EXPORT_PAGE = 1_000;

/** Choice of the columns of the results, and their download: all that the filters select, up to 10,000. */
export function ResultsToolbar(props: {
  /** Those shown: their fields are offered as columns. */
  results: readonly Found[];
  columns: readonly string[];
  total: number;
  name: string;
  range: TimeRange;
  /** Reads a page of what is shown, from 1. */
  read: (page: number, size: number, time: Interval) => Promise<Answer<'searchResults'>>;
}): ReactElement {
  const { results, columns, total, name, range, read } = props;
  const { setQuery } = useApp();
  const { run, isBusy } = useAction();
  const choose = (fields: string[]) =>
    setQuery({ columns: fields.length === 0 ? undefined : [...new Set(fields)].join(',') });
  const download = () =>
    run(async () => {
      // One time for all pages: what comes meanwhile would move the others.
      const time = resolveRange(range);
      const all = new Map<string, Found>();
      let count = 0;
      for (let page = 1; count < DEEPEST; page++) {
        const { total: there, results: found } = await read(page, EXPORT_PAGE, time);
        for (const each of found) all.set(each.id, each);
        count += found.length;
        if (found.length === 0 || count >= there) break;
      }
      saveFile(`${name}.csv`, await resultsCsv([...all.values()], columns), 'text/csv;charset=utf-8');
    });
  const label = i18n.translate('logAnomalies.results.columns', { defaultMessage: 'Add columns' });
  return (
    <EuiFlexGroup gutterSize="s" responsive={false} wrap alignItems="center">
      <EuiFlexItem style={{ maxWidth: 520, minWidth: 220 }}>
        <EuiComboBox
          compressed
          fullWidth
          aria-label={label}
          inputPopoverProps={{ 'aria-label': label }}
          placeholder={label}
          options={fieldNames(results.map(({ result }) => logOf(result)))
            .filter((field) => !columns.includes(field))
            .map((field) => ({ label: field }))}
          selectedOptions={columns.map((field) => ({ label: field }))}
          onChange={(options) => choose(options.map((option) => option.label))}
          onCreateOption={(typed) => {
            const field = typed.trim();
            if (field !== '' && !field.includes(',')) choose([...columns, field]);
          }}
          data-test-subj="logAnomaliesColumns"
        />
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButtonEmpty
          size="s"
          iconType={icon('exportAction')}
          isLoading={isBusy}
          isDisabled={total === 0}
          onClick={download}
          data-test-subj="logAnomaliesCsv"
        >
          {total > DEEPEST
            ? i18n.translate('logAnomalies.results.csvFirst', {
                defaultMessage: 'Download the first {count} as CSV',
                values: { count: DEEPEST },
              })
            : i18n.translate('logAnomalies.results.csv', { defaultMessage: 'Download as CSV' })}
        </EuiButtonEmpty>
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}
