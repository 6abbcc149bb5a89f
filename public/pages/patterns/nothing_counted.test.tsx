jest.mock('@elastic/eui', () => ({
  EuiEmptyPrompt: ({ body, actions }: { body: unknown; actions: unknown }) => [body, actions],
  EuiButton: ({ children }: { children: unknown }) => children,
}));
jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });
jest.mock('../../shared/requests/use_action', () => ({ useAction: () => ({ isBusy: false }) }));
jest.mock('../../shared/app/app_context', () => ({ useApp: () => ({ canWrite: true }) }));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { demoIndex } from '../../../common/index_names';
import { NothingCounted } from './nothing_counted';

type Record = Parameters<typeof NothingCounted>[0]['record'];

function textOf(index: string, enabled: boolean): string {
  const detector = { source: { index }, patterns: { field: 'message', span: '15m' } };
  const record = { id: 'a', enabled, detector } as unknown as Record;
  return renderToStaticMarkup(<NothingCounted record={record} reload={() => undefined} />);
}

it('says of the sample that nothing more comes, and where patterns are to be seen', () => {
  const text = textOf(demoIndex('default'), true);
  expect(text).toMatch(/none arrive any more.*logs of your own.*Scan my logs/);
});

it('says which logs are counted and when the first kinds appear, and starts what is stopped', () => {
  expect(textOf('web-*', true)).toMatch(/when 15m of new logs are over.*second day on\.<\/p>$/);
  expect(textOf('web-*', false)).toMatch(/start the detector\..*Start$/);
});
