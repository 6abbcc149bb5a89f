import type { DataView, DataViewsStart } from '../kibana/search_contracts';
import { resultsDataView } from './results_data_view';

const view = (name: string): DataView => ({ id: name, getIndexPattern: () => name });
const http = { basePath: { get: () => '/s/shop', prepend: (path: string) => path } } as Parameters<
  typeof resultsDataView
>[0];

function dataViewsWith(saved: DataView | undefined) {
  const made: string[] = [];
  const dataViews = {
    get: async (id: string) => {
      if (saved === undefined) throw new Error(`Saved object [index-pattern/${id}] not found`);
      return saved;
    },
    create: async ({ id = '' }) => {
      made.push(id);
      return view(id);
    },
  } as DataViewsStart;
  return { dataViews, made };
}

it('takes the saved data view of the results, whose labels, formats and fields another would hide', async () => {
  const saved = view('saved');
  const { dataViews, made } = dataViewsWith(saved);
  expect(await resultsDataView(http, { dataViews })).toBe(saved);
  expect(made).toEqual([]);
});

it('makes one for this page where none is saved, and does without where it cannot', async () => {
  const { dataViews, made } = dataViewsWith(undefined);
  expect((await resultsDataView(http, { dataViews }))?.id).toBe('log-anomalies-results-shop');
  expect(made).toEqual(['log-anomalies-results-shop']);
  const refuses = { ...dataViews, create: () => Promise.reject(new Error('no index')) };
  expect(await resultsDataView(http, { dataViews: refuses })).toBeUndefined();
  expect(await resultsDataView(http, {})).toBeUndefined();
});
