import type { Person } from './fixtures/kibana_stand_in';
import { isRecent, resultAt, suppressionWorld } from './fixtures/suppression_world';

const world = suppressionWorld();
const { ok, refusal, stored, search, audited, all } = world;
let owner: Person;
let reader: Person;
let id: string;
beforeAll(() => {
  ({ owner, reader, id } = world.known);
});

describe('"not an anomaly"', () => {
  const source = { index: 'weblogs', id: 'log-6' };
  const save = (body: object) => ok(owner, 'saveFeedback', { params: { id }, body: { source, ...body } });

  it('of one log hides that log, is a label, and is undone', async () => {
    const before = await stored();
    expect(await save({ verdict: 'not_an_anomaly', comment: 'drill' })).toMatchObject({
      hidden: 1,
      scope: 'one',
      judged: { pattern: 'Payment <num> failed', entity: 'auth', top_feature: 'status' },
    });
    const concealed = await search({ status: 'suppressed' });
    expect(concealed.results.map(({ result }) => [result.source.id, result.result.verdict])).toEqual([
      ['log-6', 'not_an_anomaly'],
    ]);
    // Saying it again changes nothing but the comment.
    expect(await save({ verdict: 'not_an_anomaly' })).toMatchObject({ hidden: 0, shown: 0 });
    expect(await ok(owner, 'removeFeedback', { params: { id }, query: source })).toEqual({
      acknowledged: true,
      shown: 1,
    });
    expect(await stored()).toEqual(before);
    expect(await audited()).toEqual(['feedback_removed', 'feedback_given', 'feedback_given']);
  });

  it('hides its own log however old that is', async () => {
    const old = { index: 'weblogs', id: 'log-36' };
    expect(isRecent(resultAt(36, id))).toBe(false);
    const one = { source: old, verdict: 'not_an_anomaly' };
    expect(await ok(owner, 'saveFeedback', { params: { id }, body: one })).toMatchObject({ hidden: 1 });
    const payments = all().filter(
      (result) => isRecent(result) && String(result.message).startsWith('Payment'),
    );
    const body = { ...one, scope: 'pattern' };
    expect(await ok(owner, 'saveFeedback', { params: { id }, body })).toMatchObject({
      shown: 1,
      hidden: payments.length + 1,
    });
    expect(await ok(owner, 'removeFeedback', { params: { id }, query: old })).toMatchObject({
      shown: payments.length + 1,
    });
  });

  it('of a pattern hides all of it; "real" afterwards shows it again', async () => {
    const before = (await search()).total;
    const preview = await ok(reader, 'previewFeedback', {
      params: { id },
      body: { source, scope: 'pattern' },
    });
    expect(preview.suppression).toMatchObject({ match: { pattern: 'Payment <num> failed' } });
    const saved = await save({ verdict: 'not_an_anomaly', scope: 'pattern' });
    expect(saved.hidden).toBe(preview.results.hidden);
    expect(saved.suppression_id).toEqual(expect.any(String));
    const corrected = await save({ verdict: 'real' });
    expect([corrected.shown, corrected.hidden]).toEqual([saved.hidden, 0]);
    expect(corrected).not.toHaveProperty('suppression_id');
    const { results, total } = await search();
    expect(total).toBe(before);
    const { result } = results.find(
      (found) => found.result.source.id === 'log-6' && found.result.detector.id === id,
    )!.result;
    expect(result.verdict).toBe('real');
    expect(result.history?.map(({ because }) => because)).toEqual([
      'olga said: not an anomaly',
      'olga said: not an anomaly (pattern: Payment <num> failed)',
      'olga said: real',
      'olga said: real',
    ]);
    expect(await audited()).toEqual([
      'feedback_given',
      'suppression_removed',
      'suppression_added',
      'feedback_given',
    ]);
  });

  it('reaches as far as its scope', async () => {
    const combined = await save({ verdict: 'not_an_anomaly', scope: 'combination' });
    const alike = all().filter(
      (result) =>
        isRecent(result) &&
        String(result.message).startsWith('Payment') &&
        result.anomaly.entity === 'auth' &&
        result.anomaly.attribution[0].feature === 'status',
    );
    expect(combined.hidden).toBe(alike.length);
    expect(
      await refusal('saveFeedback', {
        params: { id },
        body: { source, verdict: 'not_an_anomaly', scope: 'entity' },
      }),
    ).toMatchObject({ status: 400, message: expect.stringContaining('expires_at is absent') });
    const entity = await save({ verdict: 'not_an_anomaly', scope: 'entity', expires_at: '2026-12-01' });
    expect([entity.shown, entity.hidden]).toEqual([
      combined.hidden,
      all().filter((result) => isRecent(result) && result.anomaly.entity === 'auth').length,
    ]);
    const { suppressions } = await ok(reader, 'listSuppressions', { query: { origin: 'feedback' } });
    expect(suppressions).toMatchObject([{ id: entity.suppression_id, hidden: entity.hidden }]);
    // Taken back as a suppression, what was said stays a label.
    await ok(owner, 'removeSuppression', { params: { suppression_id: entity.suppression_id as string } });
    expect((await search({ status: 'suppressed' })).total).toBe(0);
    const { feedback } = await ok(reader, 'listFeedback', { params: { id } });
    expect(feedback).toMatchObject([{ verdict: 'not_an_anomaly' }]);
    expect(feedback[0]).not.toHaveProperty('scope');
  });

  it('contradicts "real" of the same pattern, which is shown', async () => {
    await save({ verdict: 'not_an_anomaly' });
    const other = { index: 'weblogs', id: 'log-9' };
    const said = await ok(owner, 'saveFeedback', {
      params: { id },
      body: { source: other, verdict: 'real' },
    });
    expect(said.contradictions).toMatchObject([
      {
        pattern: 'Payment <num> failed',
        real: [{ source: other }],
        not_an_anomaly: [{ source }],
      },
    ]);
    expect((await ok(reader, 'listFeedback', { params: { id } })).contradictions).toHaveLength(1);
  });

  it('can be said of a log without a result, but reaches no further', async () => {
    const unknown = { index: 'weblogs', id: 'never-seen' };
    const body = { source: unknown, verdict: 'not_an_anomaly' };
    expect(await ok(owner, 'saveFeedback', { params: { id }, body })).toMatchObject({ hidden: 0 });
    expect(
      await refusal('saveFeedback', { params: { id }, body: { ...body, scope: 'pattern' } }),
    ).toMatchObject({ status: 400, message: expect.stringContaining('no result of log never-seen') });
  });
});
