import React, { useEffect, useState, type ReactElement } from 'react';
import { EuiBasicTable, EuiCallOut, EuiLoadingSpinner, EuiPageTemplate } from '@elastic/eui';
import { PLUGIN_NAME } from '../../common/plugin';
import type { ApiClient, DetectorList } from '../api_client';

type Loading =
  { state: 'loading' } | { state: 'loaded'; list: DetectorList } | { state: 'failed'; why: string };

/** All detectors of the space. */
export function DetectorsPage({ api }: { api: ApiClient }): ReactElement {
  const [loading, setLoading] = useState<Loading>({ state: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    api.listDetectors(abort.signal).then(
      (list) => setLoading({ state: 'loaded', list }),
      (error: Error) => {
        if (!abort.signal.aborted) setLoading({ state: 'failed', why: error.message });
      },
    );
    return () => abort.abort();
  }, [api]);
  return (
    <EuiPageTemplate offset={0} data-test-subj="logAnomaliesPage">
      <EuiPageTemplate.Header pageTitle={PLUGIN_NAME} />
      <EuiPageTemplate.Section>
        <Detectors loading={loading} />
      </EuiPageTemplate.Section>
    </EuiPageTemplate>
  );
}

function Detectors({ loading }: { loading: Loading }): ReactElement {
  switch (loading.state) {
    case 'loading':
      return <EuiLoadingSpinner size="xl" />;
    case 'failed':
      return (
        <EuiCallOut color="danger" title="The detectors could not be loaded">
          {loading.why}
        </EuiCallOut>
      );
    case 'loaded':
      return (
        <EuiBasicTable
          tableCaption="Detectors of this space"
          items={loading.list.detectors}
          rowHeader="name"
          noItemsMessage="There is no detector in this space yet."
          columns={[
            { name: 'Name', render: ({ detector }: DetectorList['detectors'][number]) => detector.name },
            {
              name: 'Logs',
              render: ({ detector }: DetectorList['detectors'][number]) => detector.source.index,
            },
            { field: 'enabled', name: 'State', render: (isOn: boolean) => (isOn ? 'Started' : 'Stopped') },
            { field: 'updated_at', name: 'Saved at' },
          ]}
        />
      );
  }
}
