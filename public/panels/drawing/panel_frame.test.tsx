jest.mock('@elastic/eui', () => ({ EuiEmptyPrompt: ({ title }: { title: unknown }) => title }));
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: { translate: (_id: string, { defaultMessage }: { defaultMessage: string }) => defaultMessage },
  }),
  { virtual: true },
);

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { PanelFrame } from './panel_frame';

const frame = (empty?: string): string =>
  renderToStaticMarkup(
    <PanelFrame
      request={{ value: null, failure: undefined, isLoading: false, reload: () => {} }}
      drawn={() => {}}
      isEmpty={(value) => value === null}
      empty={empty}
    >
      {() => <p>values</p>}
    </PanelFrame>,
  );

it('says in an empty panel what helps, or what the panel itself knows', () => {
  expect(frame()).toContain('or start the detector.');
  expect(frame('No number')).toContain('<h3>No number</h3>');
  expect(frame('No number')).not.toContain('start the detector');
});
