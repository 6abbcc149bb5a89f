const mockDrawn: { props: { api: unknown; drawing: number } }[] = [];
jest.mock('../kibana/render_in_kibana', () => ({
  renderInKibana: (_core: unknown, _element: unknown, content: (typeof mockDrawn)[number]) => {
    mockDrawn.push(content);
    return () => undefined;
  },
}));
jest.mock('./drawing/anomaly_panel', () => ({ AnomalyPanel: () => null }));
jest.mock('../shared/values/format', () => ({ setDateFormat: () => undefined }));
jest.mock('../shared/app/failure_title', () => ({}));
jest.mock('../shared/app/failure_sentence', () => ({}));

import { renderPanel } from './render_panel';

it('draws a panel again with the same client: a refresh that fails keeps what is shown', () => {
  const coreOf = () => ({ http: {}, uiSettings: { get: () => undefined } });
  const core = coreOf();
  const place = {
    element: { closest: () => null },
    config: {},
    handlers: { done: () => undefined, onDestroy: () => undefined, event: () => undefined },
  };
  for (const each of [core, core, coreOf()]) renderPanel(each as never, {}, place as never);
  const [first, second, other] = mockDrawn.map(({ props }) => props);
  expect(second.api).toBe(first.api);
  expect(second.drawing).toBeGreaterThan(first.drawing);
  expect(other.api).not.toBe(first.api);
});
