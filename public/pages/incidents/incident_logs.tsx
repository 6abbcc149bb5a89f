import React, { useState, type ReactElement } from 'react';
import type { IncidentBody } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import { ResultsTable, type Found } from '../../shared/results/results_table';
import { ResultDetails } from '../anomalies/result_details';

const PAGE_SIZE = 10;

/** The anomalies of an incident, the most severe first; a row opens for all about it. */
export function IncidentLogs({
  incident,
  judged,
}: {
  incident: IncidentBody;
  /** An incident is named and counted by those of its anomalies that count. */
  judged: () => void;
}): ReactElement {
  const { api } = useApp();
  const [{ page, size }, setPaging] = useState({ page: 0, size: PAGE_SIZE });
  const [open, setOpen] = useState<string>();
  const request = useRequest(
    (signal) =>
      api(
        'searchResults',
        { query: { incident_id: incident.id, sort: 'severity', page: page + 1, size } },
        signal,
      ),
    [api, incident.id, incident.updated_at, page, size],
  );
  return (
    <RequestState request={request}>
      {({ results, total }) => (
        <ResultsTable
          results={results}
          isLoading={request.isLoading}
          paging={{
            page,
            size,
            total,
            change: (nextPage, nextSize) => setPaging({ page: nextPage, size: nextSize }),
          }}
          open={open}
          toggle={(id) => setOpen(id === open ? undefined : id)}
          details={(found) => (
            <OfDetector
              found={found}
              changed={() => {
                request.reload();
                judged();
              }}
            />
          )}
        />
      )}
    </RequestState>
  );
}

/** All about one anomaly, with the detector that found it. */
function OfDetector({ found, changed }: { found: Found; changed: () => void }): ReactElement {
  const { api, go } = useApp();
  const { id } = found.result.detector;
  const request = useRequest(
    async (signal) => {
      const params = { params: { id } };
      const [record, { feedback }] = await Promise.all([
        api('getDetector', params, signal),
        api('listFeedback', params, signal),
      ]);
      return { record, feedback };
    },
    [api, id],
  );
  const { index, id: source } = found.result.source;
  return (
    <RequestState request={request} home={() => go('/')}>
      {({ record, feedback }) => (
        <ResultDetails
          record={record}
          found={found}
          feedback={feedback.find((each) => each.source.id === source && each.source.index === index)}
          feedbackChanged={() => {
            request.reload();
            changed();
          }}
        />
      )}
    </RequestState>
  );
}
