import { emptyDraft, usualFeatures, type Draft } from '../draft/draft';
import { comparedWithText, rowFeaturesTitle, rowFieldName } from './row_texts';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../../test/fakes/i18n'), { virtual: true });

const spans: Draft = {
  ...emptyDraft(),
  unit: 'bucket',
  entity_field: 'service.name',
  bucket: {
    latency: 'took',
    failures: 'status >= 500',
    distinct: { clients: 'client.ip' },
    rare: { agents: 'agent' },
    events: { field: 'message' },
  },
};
const sessions: Draft = { ...spans, bucket: { ...spans.bucket, session: { field: 'trace.id' } } };

it('names each field of a row in words', () => {
  const names = usualFeatures(sessions).map(({ field = '' }) => rowFieldName(field));
  expect(names).toContain('steps');
  expect(names).toContain('length of the session');
  expect(names.filter((name) => name.startsWith('bucket.'))).toEqual([]);
});

it('says of spans of time that they are compared with the same hour of their entity', () => {
  expect(rowFeaturesTitle(spans)).toBe('Features of each time span');
  expect(comparedWithText(spans)).toBe(
    'Each number is compared with what is usual for the same service.name at that hour of the day.',
  );
  expect(comparedWithText({ ...spans, entity_field: '' })).toBeUndefined();
});

it('says of sessions that they are compared with each other', () => {
  expect(rowFeaturesTitle(sessions)).toBe('Features of each session');
  const compared = 'Each number is compared with those of the other sessions.';
  expect(comparedWithText(sessions)).toBe(compared);
  expect(comparedWithText({ ...sessions, entity_field: '' })).toBe(compared);
});
