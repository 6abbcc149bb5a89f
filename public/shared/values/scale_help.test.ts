jest.mock('@elastic/eui', () => ({}));
jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEVERITIES } from '../../../common/anomaly';
import { scoreHelpText, severityHelpText } from './scale_help';

it('explains both numbers as the documentation does, with the bands as they are', () => {
  const documented = readFileSync(join(__dirname, '../../../docs/how_it_works.md'), 'utf8');
  expect(documented).toContain(severityHelpText());
  expect(documented).toContain(scoreHelpText());
  const bands = [...SEVERITIES].reverse().slice(1);
  expect(severityHelpText()).toContain(
    `From ${bands[0].from} on it is ${bands[0].name}, from ${bands[1].from} ${bands[1].name}, from ${bands[2].from} ${bands[2].name}.`,
  );
});
