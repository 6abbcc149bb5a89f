jest.mock('@elastic/eui', () => ({
  EuiEmptyPrompt: ({ body, actions }: { body: unknown; actions: unknown }) => [body, actions],
  EuiButton: ({ children }: { children: unknown }) => children,
}));
jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });
jest.mock('../../shared/requests/use_action', () => ({ useAction: () => ({ isBusy: false }) }));
jest.mock('../../shared/app/app_context', () => ({ useApp: () => ({ canWrite: true }) }));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { NothingCounted } from './nothing_counted';

type View = Parameters<typeof NothingCounted>[0];

function textOf(enabled: boolean, status: object): string {
  const detector = { source: { index: 'web-*' }, patterns: { field: 'message', span: '15m' } };
  const view = { record: { id: 'a', enabled, detector }, status, reload: () => undefined };
  return renderToStaticMarkup(<NothingCounted {...(view as unknown as View)} />);
}

it('says which logs are counted and when the first kinds appear, and starts what is stopped', () => {
  expect(textOf(true, {})).toMatch(/when 15 minutes of logs are over.*second day of logs on\.<\/p>$/);
  expect(textOf(false, {})).toMatch(/start the detector, or score the past\..*Start$/);
});

it('scores the past once there is a model, and says so while it does', () => {
  const model = { version: '1' };
  expect(textOf(true, { model })).toMatch(/Score the last 7 days$/);
  expect(textOf(true, { model, backfill: { state: 'running' } })).toMatch(
    /Logs of the past are being scored\..*meanwhile\.<\/p>$/,
  );
});

it('says that a backfill in the cluster counts nothing, and what counts the same logs', () => {
  const model = { version: '1' };
  for (const state of ['running', 'done']) {
    const text = textOf(true, { model, backfill: { state, where: 'cluster', patterns_not_counted: true } });
    expect(text).not.toContain('appear here meanwhile');
    expect(text).toMatch(/have Kibana score the same time\./);
  }
  expect(textOf(true, { model, backfill: { state: 'done' } })).not.toContain('have Kibana score');
});
