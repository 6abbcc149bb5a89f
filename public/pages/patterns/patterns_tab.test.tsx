interface MockPicker {
  readonly start: string;
  readonly end: string;
  onTimeChange(chosen: { start: string; end: string }): void;
}
let mockPickers: MockPicker[] = [];
jest.mock('@elastic/eui', () => {
  const nothing = () => null;
  return {
    EuiButton: nothing,
    EuiButtonGroup: nothing,
    EuiFlexGroup: ({ children }: { children: unknown }) => children,
    EuiFlexItem: ({ children }: { children: unknown }) => children,
    EuiSelect: nothing,
    EuiSpacer: nothing,
    EuiSuperDatePicker: (props: object) => {
      mockPickers.push(props as MockPicker);
      return null;
    },
    EuiSwitch: nothing,
    EuiText: nothing,
  };
});
jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });
jest.mock('../../shared/requests/use_action', () => ({ useAction: () => ({ isBusy: false }) }));
let mockAddress: object = {};
const mockApi = jest.fn(async () => ({}));
const mockSetQuery = jest.fn();
const mockReload = jest.fn();
jest.mock('../../shared/app/app_context', () => ({
  useApp: () => ({
    ...{ canWrite: true, api: mockApi, setQuery: mockSetQuery },
    location: { path: '', query: mockAddress },
  }),
}));
jest.mock('../../shared/values/time_range', () => ({
  resolveRange: ({ from, to }: { from: string; to: string }) => ({ from: `<${from}>`, to: `<${to}>` }),
}));
let mockFound: object = {};
jest.mock('../../shared/requests/use_request', () => ({
  useRequest: (ask: (signal: undefined) => Promise<unknown>) => {
    void ask(undefined);
    return { value: mockFound, reload: mockReload };
  },
}));
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

it('asks for the last seven days, or the time that the address says, and puts another one there', () => {
  const shownWith = (address: object): MockPicker => {
    [mockPickers, mockAddress] = [[], address];
    textOf({});
    return mockPickers[0];
  };
  const asked = (from: string, to: string) =>
    expect(mockApi).toHaveBeenLastCalledWith(
      'listLogPatterns',
      expect.objectContaining({ query: expect.objectContaining({ from, to, page: 1 }) }),
      undefined,
    );
  expect(shownWith({})).toMatchObject({ start: 'now-7d', end: 'now' });
  asked('<now-7d>', '<now>');
  const picker = shownWith({ from: 'now-90d', to: 'now-60d' });
  expect(picker).toMatchObject({ start: 'now-90d', end: 'now-60d' });
  asked('<now-90d>', '<now-60d>');
  picker.onTimeChange({ start: 'now-90d', end: 'now-60d' });
  expect([mockReload.mock.calls.length, mockSetQuery.mock.calls.length]).toEqual([1, 0]);
  picker.onTimeChange({ start: 'now-30d', end: 'now' });
  expect(mockSetQuery).toHaveBeenCalledWith({ from: 'now-30d', to: 'now' });
});
