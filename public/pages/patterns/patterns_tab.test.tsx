jest.mock('@elastic/eui', () => {
  const nothing = () => null;
  return {
    EuiButton: nothing,
    EuiButtonGroup: nothing,
    EuiFlexGroup: nothing,
    EuiFlexItem: nothing,
    EuiSelect: nothing,
    EuiSpacer: nothing,
    EuiSwitch: nothing,
    EuiText: nothing,
  };
});
jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });
jest.mock('../../shared/requests/use_action', () => ({ useAction: () => ({ isBusy: false }) }));
jest.mock('../../shared/app/app_context', () => ({ useApp: () => ({ canWrite: true }) }));
let mockFound: object = {};
jest.mock('../../shared/requests/use_request', () => ({ useRequest: () => ({ value: mockFound }) }));
jest.mock('../../shared/requests/request_state', () => ({
  RequestState: ({
    request,
    children,
  }: {
    request: { value: unknown };
    children: (of: unknown) => unknown;
  }) => children(request.value),
}));
jest.mock('./regroup_patterns', () => ({ MergeButton: () => null, TakeApart: () => null }));
jest.mock('./nothing_counted', () => ({ NothingCounted: () => 'nothing counted' }));
jest.mock('./patterns_table', () => ({
  PatternsTable: ({ none }: { none: unknown }) => none || 'no such pattern',
}));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import PatternsTab from './patterns_tab';

function textOf(found: object): string {
  mockFound = { patterns: [], total: 0, entities: [], other_logs: 0, ...found };
  const detector = { patterns: { field: 'message', span: '15m' } };
  const view = { record: { id: 'a', detector }, status: {}, reload: () => undefined };
  return renderToStaticMarkup(<PatternsTab {...(view as unknown as Parameters<typeof PatternsTab>[0])} />);
}

it('says that nothing is counted only where that is so, and not where all patterns are ignored', () => {
  expect(textOf({})).toContain('nothing counted');
  expect(textOf({ counting_since: '2026-01-05T00:00:00.000Z' })).toContain('no such pattern');
});
