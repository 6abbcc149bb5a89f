import { emptyQuietTime, quietTimeOf, type QuietTimeDraft } from './quiet_time_draft';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const NOW = Date.UTC(2026, 4, 4, 10, 20);
const draft = (changes: Partial<QuietTimeDraft> = {}): QuietTimeDraft => ({
  ...emptyQuietTime(NOW),
  name: ' backup ',
  ...changes,
});
const asked = (changes: Partial<QuietTimeDraft>) => quietTimeOf(draft(changes), 'detector-1', NOW);

describe('a quiet time that is being written', () => {
  it('asks for the next two whole hours, of this detector alone', () => {
    expect(asked({})).toEqual({
      problems: [],
      suppression: {
        detector_ids: ['detector-1'],
        name: 'backup',
        origin: 'calendar',
        schedule: {
          type: 'once',
          windows: [{ from: '2026-05-04T11:00:00.000Z', to: '2026-05-04T13:00:00.000Z' }],
        },
        exclude_from_training: true,
      },
    });
  });

  it('asks for every week, of an entity, until some day', () => {
    const { schedules } = draft();
    const weekly = { ...schedules.weekly, days: ['monday', 'friday'] as const, time_zone: 'Europe/Berlin' };
    const { suppression } = asked({
      kind: 'weekly',
      schedules: { ...schedules, weekly },
      entity: ' shop ',
      expiresInDays: 7,
      everyDetector: true,
      comment: 'as agreed',
    });
    expect(suppression).toMatchObject({
      detector_ids: [],
      match: { entity: 'shop' },
      schedule: {
        type: 'weekly',
        days: ['monday', 'friday'],
        from: '02:00',
        to: '04:00',
        time_zone: 'Europe/Berlin',
      },
      expires_at: '2026-05-11T10:20:00.000Z',
      comment: 'as agreed',
    });
  });

  it('hands over the text of a calendar, not the name of its file', () => {
    const { schedules } = draft();
    const icalendar = {
      type: 'icalendar',
      file: 'a.ics',
      text: 'BEGIN:VCALENDAR',
      time_zone: 'UTC',
    } as const;
    expect(
      asked({ kind: 'icalendar', schedules: { ...schedules, icalendar } }).suppression?.schedule,
    ).toEqual({
      type: 'icalendar',
      text: 'BEGIN:VCALENDAR',
      time_zone: 'UTC',
    });
  });

  it.each<[string, Partial<QuietTimeDraft>, RegExp]>([
    ['without a name', { name: ' ' }, /^What it is for: Must not be empty\.$/],
    ['that ends before it begins', {}, /From must be before to/],
    ['without a file', { kind: 'icalendar' }, /^Calendar file \(iCalendar, \.ics\): Must not be empty/],
    ['a mute of everything for ever', { kind: 'mute' }, /^A mute of everything must end/],
  ])('refuses one %s', (what, changes, problem) => {
    const once = { type: 'once', from: NOW, to: NOW - 1 } as const;
    const { schedules } = draft();
    const given = what.includes('ends before') ? { schedules: { ...schedules, once } } : changes;
    const { suppression, problems } = asked(given);
    expect(suppression).toBeUndefined();
    expect(problems.join(' ')).toMatch(problem);
  });

  it('takes a mute of a feature that ends', () => {
    expect(asked({ kind: 'mute', feature: 'bytes', expiresInDays: 1 }).suppression).toMatchObject({
      origin: 'mute',
      match: { top_feature: 'bytes' },
      expires_at: '2026-05-05T10:20:00.000Z',
    });
  });
});

test('weekly times begin in the zone of the detector', () => {
  const { schedules } = emptyQuietTime(NOW, 'Asia/Tokyo');
  expect([schedules.weekly.time_zone, schedules.icalendar.time_zone]).toEqual(['Asia/Tokyo', 'Asia/Tokyo']);
});
