const mockLinks: { onClick(): void }[] = [];
jest.mock('@elastic/eui', () => ({
  EuiLink: (props: { onClick(): void }) => (mockLinks.push(props), null),
  EuiToolTip: ({ children }: { children: unknown }) => children,
}));
jest.mock('@kbn/i18n', () => ({ i18n: { translate: (id: string) => id } }), { virtual: true });
const mockAction = { isBusy: false, run: jest.fn((work: () => Promise<unknown>) => work()) };
jest.mock('../requests/use_action', () => ({ useAction: () => mockAction }));
jest.mock('./use_discover', () => ({}));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { DiscoverLink } from './discover_button';

it('makes one data view, however often its link is clicked', () => {
  const makeView = jest.fn(async () => undefined);
  const discover = { maySee: true, needsView: true, mayMakeView: true, hrefOf: () => '', makeView };
  const logs = { index: 'web-*' } as Parameters<typeof DiscoverLink>[0]['logs'];
  for (const isBusy of [false, true]) {
    mockAction.isBusy = isBusy;
    renderToStaticMarkup(
      <DiscoverLink discover={discover} logs={logs}>
        logs
      </DiscoverLink>,
    );
    mockLinks[mockLinks.length - 1].onClick();
  }
  expect(makeView.mock.calls).toEqual([[logs]]);
});
