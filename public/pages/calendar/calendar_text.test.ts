import { endedText, notedText, removalText, removalTitle } from './calendar_text';
import { shownAnnotation } from '../../shared/values/annotation_text';
import { pagingOf } from './calendar_paging';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const annotation = {
  id: 'a',
  kind: 'maintenance' as const,
  title: 'Move\u202e\u200b',
  at: '2026-11-01T10:00:00.000Z',
  entities: ['cart\u202e'],
  version: '1\u202e',
  by: 'ci\u202e',
  recorded_at: '2026-11-01T10:00:00.000Z',
};

test('what was there already is not said to be noted, and what stays is named', () => {
  expect(notedText('Move', { created: true, differs: [] })).toBe('Move is noted');
  expect(notedText('Move', { created: false, differs: [] })).toBe('Move is there already, as you noted it');
  expect(notedText('Move', { created: false, differs: ['ends_at', 'url'] })).toBe(
    'Move is there already and stays as it was: End, Page that says more',
  );
  expect(endedText('Move', { differs: ['title'] })).toBe('Move is given an end');
  expect(endedText('Move', { differs: ['ends_at'] })).toBe('Move has another end already, which stays');
});

test('what is removed is named whole, without characters that nobody sees', () => {
  const shown = shownAnnotation(annotation);
  expect(JSON.stringify(shown)).not.toMatch(/[\u202e\u200b]/);
  expect(removalTitle(shown)).toMatch(
    /^Remove “Move\ufffd\ufffd” \(Maintenance 1\ufffd of cart\ufffd, .*2026.*\)\?$/,
  );
});

test('models learn again only from the logs of what kept some out', () => {
  const end = '2026-11-01T11:00:00.000Z';
  expect(removalText({ ...annotation, ends_at: end })).toContain('models learn from its logs again');
  expect(removalText(annotation)).not.toContain('learn');
  expect(removalText({ ...annotation, kind: 'deployment', ends_at: end })).not.toContain('learn');
});

test('a page that is no longer there is the last one, and no page lies beyond what the server lists', () => {
  expect(pagingOf(51, 2)).toEqual({ listed: 51, page: 2 });
  expect(pagingOf(50, 2)).toEqual({ listed: 50, page: 1 });
  expect(pagingOf(0, 3)).toEqual({ listed: 0, page: 0 });
  expect(pagingOf(12_000, 500)).toEqual({ listed: 10_000, page: 399 });
});
