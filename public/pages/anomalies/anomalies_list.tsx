import React, { type ReactElement } from 'react';
import { EuiSpacer, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest, type Request } from '../../shared/requests/use_request';
import { ResultsTable, type Found } from '../../shared/results/results_table';
import { formatCount } from '../../shared/values/format';
import type { DetectorView } from '../../shared/detector/detector_view';
import { changedQuery, PAGE_SIZE, type ExplorerQuery } from './explorer_query';
import { ResultDetails } from './result_details';
import { ResultsToolbar } from './results_toolbar';

/** Single anomalies of a detector; a row opens for all about it. */
export function AnomaliesList(props: {
  record: DetectorView['record'];
  chosen: ExplorerQuery;
  request: Request<Answer<'searchResults'>>;
  /** Reads another page of the same. */
  read: (page: number, size: number) => Promise<Answer<'searchResults'>>;
  /** Verdicts change what counts. */
  changed: () => void;
}): ReactElement {
  const { record, chosen, request, read, changed } = props;
  const { api, setQuery } = useApp();
  const { page, size, open } = chosen;
  const feedback = useRequest(
    (signal) => api('listFeedback', { params: { id: record.id } }, signal),
    [api, record.id],
  );
  const verdictOn = ({ result }: Found) =>
    feedback.value?.feedback.find(
      ({ source }) => source.id === result.source.id && source.index === result.source.index,
    );
  return (
    <RequestState request={request}>
      {({ total, results: found }) => (
        <>
          <EuiTitle size="xxs">
            <h2 data-test-subj="logAnomaliesShown">
              {i18n.translate('logAnomalies.results.title', {
                defaultMessage: '{total, plural, one {{count} anomalous log} other {{count} anomalous logs}}',
                values: { total, count: formatCount(total) },
              })}
            </h2>
          </EuiTitle>
          <EuiSpacer size="s" />
          <ResultsToolbar
            results={found}
            columns={chosen.columns}
            total={total}
            name={record.detector.name}
            read={read}
          />
          <EuiSpacer size="s" />
          <ResultsTable
            results={found}
            columns={chosen.columns}
            order={{
              sort: chosen.sort,
              direction: chosen.direction,
              change: (sort, direction) => setQuery(changedQuery({ sort, direction })),
            }}
            isLoading={request.isLoading}
            paging={{
              page,
              size,
              total,
              change: (nextPage, nextSize) =>
                setQuery({
                  page: nextPage === 0 ? undefined : String(nextPage + 1),
                  size: nextSize === PAGE_SIZE ? undefined : String(nextSize),
                  open: undefined,
                }),
            }}
            open={open}
            toggle={(id) => setQuery({ view: 'anomalies', open: id === open ? undefined : id })}
            details={(each) => (
              <ResultDetails
                record={record}
                found={each}
                feedback={verdictOn(each)}
                chooseFeature={(feature) => setQuery(changedQuery({ feature }))}
                feedbackChanged={() => {
                  feedback.reload();
                  changed();
                }}
              />
            )}
          />
        </>
      )}
    </RequestState>
  );
}
