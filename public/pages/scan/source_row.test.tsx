jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });
jest.mock('../../shared/app/app_link', () => ({ AppLink: 'a' }));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { ApiFailure } from '../../shared/app/api_client';
import { SourceRow } from './source_row';
import { keyOf, type Outcome, type Row } from './use_scan';

const ROW = { index: 'web', indices: 1, logs: 900, documents: 900, detectors: [] } as unknown as Row;
const PROPOSAL = { unit: 'log', detector: { features: [] }, expected_alerts_per_day: 10 };
const REASON = 'source.query: "x" is no query';

const textOf = (row: Row, outcomes: [string, Outcome][] = []): string =>
  renderToStaticMarkup(
    <SourceRow
      row={row}
      chosen={new Set()}
      choose={() => {}}
      outcomes={new Map(outcomes)}
      isDisabled={false}
    />,
  );

it('names settings as the form does, where a proposal or a detector is refused', () => {
  const failed = textOf({ ...ROW, failure: new ApiFailure(400, undefined, REASON) });
  const looked = { proposals: [PROPOSAL] } as unknown as Row['looked'];
  const key = keyOf('web', PROPOSAL as never);
  const refused = textOf({ ...ROW, looked }, [[key, { state: 'refused', reason: REASON }]]);
  for (const text of [failed, refused]) {
    expect(text).toContain('“Only logs that match”: &quot;x&quot; is no query');
  }
});
