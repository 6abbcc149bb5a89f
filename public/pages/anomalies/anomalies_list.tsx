import React, { useRef, type ReactElement } from 'react';
import { EuiButtonIcon, EuiFlexGroup, EuiFlexItem, EuiPanel, EuiSpacer, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest, type Request } from '../../shared/requests/use_request';
import { ResultsTable, type Found } from '../../shared/results/results_table';
import type { Interval } from '../../shared/values/time_range';
import { formatCount, formatTime } from '../../shared/values/format';
import type { DetectorView } from '../../shared/detector/detector_view';
import { changedQuery, PAGE_SIZE, type ExplorerQuery } from './explorer_query';
import { ResultDetails } from './result_details';
import { ResultsToolbar } from './results_toolbar';
import { anomaliesText } from '../../shared/values/scored_label';

/** Single anomalies of a detector; a row opens for all about it. */
export function AnomaliesList(props: {
  record: DetectorView['record'];
  chosen: ExplorerQuery;
  request: Request<Answer<'searchResults'>>;
  /** Reads another page of the same, in a time that may be another. */
  read: (page: number, size: number, time: Interval) => Promise<Answer<'searchResults'>>;
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
  const { linked, reload: reloadLinked } = useLinkedResult(request.value?.results, open);
  const verdictOn = ({ result }: Found) =>
    feedback.value?.feedback.find(
      ({ source }) => source.id === result.source.id && source.index === result.source.index,
    );
  const details = (each: Found): ReactElement => (
    <ResultDetails
      record={record}
      found={each}
      feedback={verdictOn(each)}
      chooseFeature={(feature) => setQuery(changedQuery({ feature }))}
      feedbackChanged={() => {
        feedback.reload();
        reloadLinked();
        changed();
      }}
    />
  );
  return (
    <RequestState request={request}>
      {({ total, results: found }) => (
        <>
          <EuiTitle size="xxs">
            <h2 data-test-subj="logAnomaliesShown">
              {anomaliesText(total, formatCount(total), record.detector.unit)}
            </h2>
          </EuiTitle>
          <EuiSpacer size="s" />
          <ResultsToolbar
            results={found}
            columns={chosen.columns}
            total={total}
            name={record.detector.name}
            range={chosen.range}
            read={read}
          />
          <EuiSpacer size="s" />
          {linked !== undefined && (
            <LinkedResult found={linked} close={() => setQuery({ view: 'anomalies', open: undefined })}>
              {details(linked)}
            </LinkedResult>
          )}
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
            details={details}
          />
        </>
      )}
    </RequestState>
  );
}

/** Returns the result that the address names where it is not among those listed, as of an alert in the middle of many. */
function useLinkedResult(
  listed: readonly Found[] | undefined,
  open: string | undefined,
): { linked: Found | undefined; reload: () => void } {
  const { api } = useApp();
  // A row that was opened here and is gone, as after a verdict, is not brought back.
  const wasListed = useRef<string>();
  if (listed?.some(({ id }) => id === open)) wasListed.current = open;
  const wanted = listed === undefined || open === wasListed.current ? undefined : open;
  const { value, reload } = useRequest(
    async (signal) =>
      wanted === undefined ? undefined : api('getResult', { params: { result_id: wanted } }, signal),
    [api, wanted],
  );
  return { linked: value?.id === wanted ? value : undefined, reload };
}

function LinkedResult(props: { found: Found; close: () => void; children: ReactElement }): ReactElement {
  const { found, close, children } = props;
  return (
    <>
      <EuiPanel hasBorder hasShadow={false} data-test-subj="logAnomaliesLinkedResult">
        <EuiFlexGroup responsive={false} alignItems="center" gutterSize="s">
          <EuiFlexItem>
            <EuiTitle size="xxs">
              <h3>
                {i18n.translate('logAnomalies.results.linked', {
                  defaultMessage: 'The linked anomaly, {time}',
                  values: { time: formatTime(found.result['@timestamp']) },
                })}
              </h3>
            </EuiTitle>
          </EuiFlexItem>
          <EuiFlexItem grow={false}>
            <EuiButtonIcon
              iconType="cross"
              aria-label={i18n.translate('logAnomalies.results.closeLinked', {
                defaultMessage: 'Close the linked anomaly',
              })}
              onClick={close}
            />
          </EuiFlexItem>
        </EuiFlexGroup>
        <EuiSpacer size="s" />
        {children}
      </EuiPanel>
      <EuiSpacer size="m" />
    </>
  );
}
