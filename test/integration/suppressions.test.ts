import { createMatcher, suppressionSchema, SUPPRESSION_LIMITS } from '../../common/suppressions';
import { createAuditTrail } from '../../server/elasticsearch';
import { webDetector } from './fixtures/kibana_logs';
import type { Person } from './fixtures/kibana_stand_in';
import { DAY, HOUR, isRecent, NOW, resultAt, RESULTS, suppressionWorld } from './fixtures/suppression_world';

const world = suppressionWorld();
const { admin, index, space, otherSpace, kibana, ok, refusal, stored, search, audited, all } = world;
let owner: Person;
let reader: Person;
let id: string;
let otherId: string;
beforeAll(() => {
  ({ owner, reader, id, otherId } = world.known);
});

describe('a mute', () => {
  it('does what its replay says, for the results that match, and undo restores them exactly', async () => {
    const before = await stored();
    const elsewhere = await stored(otherSpace);
    const suppression = {
      detector_ids: [id],
      name: 'Noise of payments',
      match: { pattern: 'Payment <num> failed', entity: 'shop' },
    };
    const preview = await ok(reader, 'previewSuppression', { body: { suppression } });
    expect(await stored()).toEqual(before);
    const expected = all().filter(
      (result) =>
        isRecent(result) && String(result.message).startsWith('Payment') && result.anomaly.entity === 'shop',
    );
    expect(expected.length).toBeGreaterThan(20);
    expect(preview.results).toEqual({
      before: all().filter(isRecent).length,
      after: all().filter(isRecent).length - expected.length,
      hidden: expected.length,
    });
    expect(preview.days).toHaveLength(30);

    const { suppression: added, hidden } = await ok(owner, 'addSuppression', { body: { suppression } });
    expect(hidden).toBe(expected.length);
    expect(added).toMatchObject({ by: 'olga', origin: 'mute', exclude_from_training: false });
    const open = await search({ detector_id: id });
    const concealed = await search({ detector_id: id, status: 'suppressed' });
    expect(concealed.results.map(({ result }) => result.source.id).sort()).toEqual(
      expected.map(({ source }) => source.id).sort(),
    );
    expect([open.total, (await search({ detector_id: id, status: 'all' })).total]).toEqual([
      RESULTS - hidden,
      RESULTS,
    ]);
    expect(concealed.results[0].result.result).toMatchObject({
      type: 'suppressed',
      suppressed_by: [added.id],
      suppressed_because: 'Muted: Noise of payments',
      history: [{ because: 'Muted: Noise of payments', by: 'olga', from: { type: 'log' } }],
    });
    expect((await ok(reader, 'getResult', { params: { result_id: concealed.results[0].id } })).id).toBe(
      concealed.results[0].id,
    );

    // The number of alerts is now the one that the replay predicted.
    const query = { detector_ids: id, min_confidence: '0', to: String(NOW) };
    const left = await ok(reader, 'whatIf', { query });
    expect([left.alerts, left.results]).toEqual([preview.alerts.after, preview.results.after]);
    // One length of time for a number a day, wherever it is told.
    expect(left.days_with_logs).toBeCloseTo(preview.days_with_logs, 2);
    expect(left.days.map(({ alerts }) => alerts)).toEqual(preview.days.map((day) => day.alerts_after));
    expect(left.days.map(({ results }) => results)).toEqual(preview.days.map((day) => day.results_after));

    const listed = await ok(reader, 'listSuppressions', { query: { detector_id: id } });
    expect(listed.suppressions).toEqual([{ ...added, expired: false, hidden, next: [] }]);
    expect(await ok(owner, 'removeSuppression', { params: { suppression_id: added.id } })).toEqual({
      shown: hidden,
    });
    expect(await stored()).toEqual(before);
    expect(await stored(otherSpace)).toEqual(elsewhere);
    expect(await audited()).toEqual(['suppression_removed', 'suppression_added']);
    expect((await refusal('removeSuppression', { params: { suppression_id: added.id } })).status).toBe(404);
  });

  it('leaves hidden what another one hides as well', async () => {
    const add = async (match: object) =>
      ok(owner, 'addSuppression', {
        body: {
          suppression: { detector_ids: [id], name: JSON.stringify(match), match, expires_at: '2026-12-01' },
        },
      });
    const byEntity = await add({ entity: 'shop' });
    const byPattern = await add({ pattern: 'Payment <num> failed' });
    const both = all().filter(
      (result) =>
        isRecent(result) && String(result.message).startsWith('Payment') && result.anomaly.entity === 'shop',
    ).length;
    const payments = all().filter(
      (result) => isRecent(result) && String(result.message).startsWith('Payment'),
    );
    expect(byPattern.hidden).toBe(payments.length - both);
    const { shown } = await ok(owner, 'removeSuppression', {
      params: { suppression_id: byEntity.suppression.id },
    });
    expect(shown).toBe(byEntity.hidden - both);
    const concealed = await search({ status: 'suppressed' });
    expect(concealed.total).toBe(payments.length);
    expect(new Set(concealed.results.map(({ result }) => result.result.suppressed_because))).toEqual(
      new Set(['Muted: {"pattern":"Payment <num> failed"}']),
    );
  });

  it('of all of the space hides results of each detector, and takes an end', async () => {
    const suppression = { name: 'Move to the new data centre', match: { entity: 'shop' } };
    expect(await refusal('addSuppression', { body: { suppression } })).toMatchObject({
      status: 400,
      message: expect.stringContaining('expires_at is absent'),
    });
    const body = { suppression: { ...suppression, expires_at: '2026-12-01' } };
    await ok(owner, 'addSuppression', { body });
    expect((await search({ detector_id: otherId })).total).toBe(0);
    expect(await audited(otherId)).toContain('suppression_added');
  });

  it('that hides confirmed anomalies or most results asks first, and is on record', async () => {
    const { source } = resultAt(3, id);
    await ok(owner, 'saveFeedback', { params: { id }, body: { source, verdict: 'real' } });
    const suppression = {
      detector_ids: [id],
      name: 'Too much',
      match: { pattern: 'Payment <num> failed' },
    };
    const preview = await ok(reader, 'previewSuppression', { body: { suppression } });
    expect(preview).toMatchObject({
      consequences: ['hides_confirmed_anomalies'],
      confirmed_hidden: { total: 1, results: [{ result: { source: { id: 'log-3' } } }] },
      contradictions: [{ pattern: 'Payment <num> failed', real: 1, not_an_anomaly: 0 }],
    });
    expect(await refusal('addSuppression', { body: { suppression } })).toMatchObject({
      status: 422,
      consequences: ['hides_confirmed_anomalies'],
      message: expect.stringContaining('1 results that somebody called real'),
    });
    const wide = { ...suppression, match: undefined, expires_at: '2026-11-20' };
    expect(
      await refusal('addSuppression', { body: { suppression: wide, accept: ['hides_most_results'] } }),
    ).toMatchObject({ status: 422, consequences: ['hides_confirmed_anomalies'] });
    expect((await search({ status: 'suppressed' })).total).toBe(0);
    const accept = ['hides_most_results', 'hides_confirmed_anomalies'];
    const { hidden } = await ok(owner, 'addSuppression', { body: { suppression: wide, accept } });
    expect(hidden).toBe(all().filter(isRecent).length);
    expect((await audited()).slice(0, 3)).toEqual([
      'suppression_added',
      'suppression_refused',
      'suppression_refused',
    ]);
  });

  it('of several detectors outlives one of them', async () => {
    const body = { detector: webDetector(index, { name: 'Short-lived' }), start: false };
    const { id: shortLived } = await ok(owner, 'createDetector', { body });
    const add = (detectorIds: string[]) =>
      ok(owner, 'addSuppression', {
        body: { suppression: { detector_ids: detectorIds, name: 'x', match: { pattern: 'p' } } },
      });
    const { suppression } = await add([id, shortLived]);
    await add([shortLived]);
    await ok(owner, 'deleteDetector', { params: { id: shortLived }, query: { delete_results: 'true' } });
    const { suppressions } = await ok(reader, 'listSuppressions', { query: {} });
    expect(suppressions).toMatchObject([{ id: suppression.id, detector_ids: [id] }]);
    expect(await audited(shortLived)).toEqual(['suppression_added', 'suppression_added']);
  });

  it('takes the privilege, and the rights of the caller', async () => {
    const body = {
      suppression: { detector_ids: [id], name: 'x', match: { pattern: 'Payment <num> failed' } },
    };
    expect((await refusal('addSuppression', { body }, reader)).status).toBe(403);
    const powerless: Person = { ...reader, privileges: ['read', 'write'] };
    expect(await refusal('addSuppression', { body }, powerless)).toMatchObject({ status: 403 });
    expect((await search({ status: 'suppressed' })).total).toBe(0);
    expect((await ok(reader, 'listSuppressions', { query: {} })).suppressions).toEqual([]);
    const unknown = { suppression: { ...body.suppression, detector_ids: ['nothing'] } };
    expect((await refusal('addSuppression', { body: unknown })).status).toBe(404);
  });

  it('cannot be one of very many', async () => {
    const add = (place: number) => ({
      suppression: { detector_ids: [id], name: 'x', match: { pattern: `pattern ${place}` } },
    });
    // Only the audit trail knows of the suppressions added before today's last two.
    await createAuditTrail(admin, { space }).append(
      Array.from({ length: SUPPRESSION_LIMITS.newWideADay - 2 }, () => ({
        detectorId: id,
        at: new Date(NOW - HOUR).toISOString(),
        action: 'suppression_added' as const,
        reason: 'x',
      })),
    );
    for (const place of [0, 1]) await ok(owner, 'addSuppression', { body: add(place) });
    const [{ id: first }] = (await ok(reader, 'listSuppressions', { query: {} })).suppressions;
    await ok(owner, 'removeSuppression', { params: { suppression_id: first } });
    expect((await refusal('addSuppression', { body: add(50) })).message).toContain(
      'within 24 hours; allowed: 50',
    );
    const preview = await ok(reader, 'previewSuppression', { body: add(50) });
    expect(preview.refused).toContain('allowed: 50');
    kibana.now = () => NOW + DAY + 1;
    await ok(owner, 'addSuppression', { body: add(50) });
  });
});

describe('a quiet time', () => {
  /** The results that are hidden are those that the matcher of a run would hide. */
  async function hiddenAsMatched(suppression: object): Promise<string[]> {
    const { suppression: added, hidden } = await ok(owner, 'addSuppression', {
      body: { suppression: { origin: 'calendar', detector_ids: [id], name: 'Quiet', ...suppression } },
    });
    const hidingOf = createMatcher([suppressionSchema.parse(added)]);
    const matched = all().filter((result) => isRecent(result) && hidingOf(result).length > 0);
    const concealed = await search({ status: 'suppressed' });
    const ids = concealed.results.map(({ result }) => result.source.id).sort();
    expect(ids).toEqual(matched.map(({ source }) => source.id).sort());
    expect([hidden, added.exclude_from_training]).toEqual([ids.length, true]);
    return concealed.results.map(({ result }) => result['@timestamp']).sort();
  }

  it('every week follows the clock over the end of daylight saving', async () => {
    const times = await hiddenAsMatched({
      schedule: {
        type: 'weekly',
        days: ['saturday', 'sunday'],
        from: '20:00',
        to: '06:00',
        time_zone: 'Europe/Berlin',
      },
    });
    const hours = (from: string, to: string) =>
      new Set(times.filter((time) => time >= from && time < to).map((time) => Number(time.slice(11, 13))));
    // 18:00 UTC to 4:00 with daylight saving, 19:00 to 5:00 without.
    const allowed = (first: number, last: number) =>
      Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour >= first || hour < last);
    expect(allowed(18, 4)).toEqual(expect.arrayContaining([...hours('2026-10-10', '2026-10-24T12')]));
    expect(allowed(19, 5)).toEqual(expect.arrayContaining([...hours('2026-10-25T12', '2026-11-10')]));
    expect(times.length).toBeGreaterThan(20);
  });

  it('is imported from a calendar with rules, exceptions and a zone of its own', async () => {
    const text = [
      'BEGIN:VCALENDAR',
      'BEGIN:VTIMEZONE',
      'TZID:Office',
      'BEGIN:STANDARD',
      'DTSTART:19701025T030000',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
      'END:STANDARD',
      'BEGIN:DAYLIGHT',
      'DTSTART:19700329T020000',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0200',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
      'END:DAYLIGHT',
      'END:VTIMEZONE',
      'BEGIN:VEVENT',
      'UID:release',
      'DTSTART;TZID=Office:20261001T080000',
      'DTEND;TZID=Office:20261001T200000',
      'RRULE:FREQ=DAILY',
      'EXDATE;TZID=Office:20261020T080000',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const times = await hiddenAsMatched({
      match: { entity: 'shop' },
      expires_at: '2026-11-09T00:00:00Z',
      schedule: { type: 'icalendar', text },
    }).catch((error: Error) => error.message);
    // A day without it, and none after it has expired; the end lies in the past, which is refused.
    expect(times).toContain('must lie in the future');
    const followed = await hiddenAsMatched({
      match: { entity: 'shop' },
      expires_at: '2026-12-09T00:00:00Z',
      schedule: { type: 'icalendar', text },
    });
    const listed = await ok(reader, 'listSuppressions', { query: { origin: 'calendar' } });
    expect(listed.suppressions).toMatchObject([
      {
        hidden: followed.length,
        next: [
          { from: '2026-11-10T12:00:00.000Z', to: '2026-11-10T19:00:00.000Z' },
          { from: '2026-11-11T07:00:00.000Z', to: '2026-11-11T19:00:00.000Z' },
          {},
          {},
          {},
        ],
      },
    ]);
    expect(listed.suppressions[0].schedule).toMatchObject({ text: text.slice(0, 200) });
    expect(followed.length).toBeGreaterThan(10);
    expect(followed.filter((time) => time.startsWith('2026-10-20'))).toEqual([]);
    expect(followed.filter((time) => time.startsWith('2026-10-19'))).not.toEqual([]);
  });

  it('is refused where its calendar cannot be followed', async () => {
    const text =
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\nEND:VCALENDAR';
    const suppression = { name: 'x', schedule: { type: 'icalendar', text } };
    expect(await refusal('addSuppression', { body: { suppression } })).toMatchObject({
      status: 400,
      message: expect.stringContaining('FREQ=SECONDLY'),
    });
  });
});

it('charts count what is shown', async () => {
  const range = { from: String(NOW - 30 * DAY), to: String(NOW) };
  const count = async () =>
    (await ok(reader, 'summarizeResults', { query: { ...range, detector_id: id } })).groups[0];
  const before = await count();
  expect(before.anomalies).toBe(all().filter(isRecent).length);
  const suppression = { detector_ids: [id], name: 'x', match: { pattern: 'Payment <num> failed' } };
  const { hidden, suppression: added } = await ok(owner, 'addSuppression', { body: { suppression } });
  expect((await count()).anomalies).toBe(before.anomalies - hidden);
  await ok(owner, 'removeSuppression', { params: { suppression_id: added.id } });
  expect(await count()).toEqual(before);
});
