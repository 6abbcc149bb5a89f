jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSettingLabels } from './setting_label';

const read = (path: string): string => readFileSync(join(__dirname, '../../..', path), 'utf8');
/** Files whose messages pages show beside the form. */
const TEXTS = [
  'public/shared/detector/readiness_text.ts',
  'public/shared/requests/failure_text.tsx',
  'server/detection/upkeep/readiness.ts',
  'server/kibana/records/failure_advice.ts',
].map(read);

it('names settings as the form does', () => {
  expect(withSettingLabels('Increase training.window, or leave hour_of_day out.')).toBe(
    'Increase “Learn from the last”, or leave “Hour of the day” out.',
  );
  expect(withSettingLabels('source.timestamp_field is "x"; narrow source.query')).toBe(
    '“Time of a log” is "x"; narrow “Only logs that match”',
  );
});

it('leaves fields of logs alone, also where they begin like a setting', () => {
  for (const text of [
    'source.ip is constant',
    'my.source.query',
    'source.query.text',
    'bucket.errors rose',
  ]) {
    expect(withSettingLabels(text)).toBe(text);
  }
});

it('knows a name for each setting that messages of pages name', () => {
  const named = TEXTS.flatMap((text) =>
    [...text.matchAll(/['`\\"](?:[^'`"\n]* )[^'`"\n]*['`"]/g)].flatMap(
      ([message]) =>
        message.match(/(?<![\w.])(source|training|schedule|forest|drift|promotion|threshold)\.[a-z_]+/g) ??
        [],
    ),
  ).filter((path) => !path.startsWith('training.length'));
  expect(named).toEqual(expect.arrayContaining(['training.window', 'source.query', 'training.min_rows']));
  expect(named.filter((path) => withSettingLabels(path) === path)).toEqual([]);
});
