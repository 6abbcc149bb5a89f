import { suppressionDraftSchema, SUPPRESSION_LIMITS } from '../../../common/suppressions';
import { hidingStoresOf, storedResult } from '../../../test/fakes/hiding_stores';
import {
  addSuppression,
  previewSuppression,
  removeSuppression,
  suppressionOf,
} from './suppress_stored_results';

const NOW = Date.UTC(2026, 10, 10);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const AUTHOR = { by: 'ann' };
const results = [
  storedResult('1', NOW - MINUTE),
  storedResult('2', NOW - 2 * MINUTE, { entity: 'blog' }),
  storedResult('3', NOW - 3 * MINUTE, { pattern: 'disk full' }),
  storedResult('4', NOW - 4 * MINUTE, { pattern: 'disk full' }),
  storedResult('old', NOW - 31 * DAY, { entity: 'blog' }),
];
const mute = (change: object = {}) =>
  suppressionDraftSchema.parse({
    name: 'Move',
    detector_ids: ['web'],
    match: { entity: 'blog' },
    expires_at: new Date(NOW + DAY).toISOString(),
    ...change,
  });

describe('a mute', () => {
  it('hides what it matches within 30 days, on record, and is taken back as exactly', async () => {
    const stores = hidingStoresOf(results, NOW);
    const before = new Map(stores.stored);
    const { suppression, hidden } = await addSuppression(stores, mute(), AUTHOR, []);
    expect(hidden).toBe(1);
    const hiddenIds = () =>
      [...stores.stored.values()]
        .filter(({ result }) => result.type === 'suppressed')
        .map(({ source }) => source.id);
    expect(hiddenIds()).toEqual(['2']);
    expect(stores.entries).toMatchObject([
      { detectorId: 'web', action: 'suppression_added', by: 'ann', details: { hidden: 1 } },
    ]);
    expect(await removeSuppression(stores, suppression.id, { by: 'bob' })).toEqual({ shown: 1 });
    expect(stores.stored).toEqual(before);
    expect(stores.entries[1]).toMatchObject({
      action: 'suppression_removed',
      by: 'bob',
      details: { shown: 1 },
    });
    expect(await stores.suppressions.list()).toEqual([]);
  });

  it('is previewed over more verdicts than a call takes arguments', async () => {
    const given = Array.from({ length: 150_000 }, (_none, place) => ({
      ...{ detectorId: 'web', verdict: 'real' as const, at: new Date(NOW).toISOString() },
      source: { index: 'weblogs', id: String(place) },
      judged: { entity: 'blog', pattern: 'payment failed' },
    }));
    const stores = hidingStoresOf(results, NOW);
    const feedback = { ...stores.feedback, list: async () => given };
    const { contradictions } = await previewSuppression(
      { ...stores, feedback },
      suppressionOf(mute(), AUTHOR, NOW),
    );
    expect(contradictions).toEqual([{ pattern: 'payment failed', real: 150_000, not_an_anomaly: 0 }]);
  });

  it('leaves hidden what another one hides as well', async () => {
    const stores = hidingStoresOf(results, NOW);
    const first = await addSuppression(stores, mute(), AUTHOR, []);
    await addSuppression(stores, mute({ name: 'Again' }), AUTHOR, []);
    expect(await removeSuppression(stores, first.suppression.id, AUTHOR)).toEqual({ shown: 0 });
    expect(stores.stored.get('web/weblogs/2')?.result.type).toBe('suppressed');
  });

  it('is refused, on record, until a consequence is accepted by name', async () => {
    const stores = hidingStoresOf(results, NOW);
    await stores.results.judge('web', { index: 'weblogs', id: '2' }, 'real', { at: '', because: '' });
    await expect(addSuppression(stores, mute(), AUTHOR, [])).rejects.toMatchObject({
      code: 'refused',
      details: { consequences: ['hides_confirmed_anomalies'] },
    });
    expect(stores.entries).toMatchObject([{ action: 'suppression_refused', by: 'ann' }]);
    expect(await stores.suppressions.list()).toEqual([]);
    expect((await addSuppression(stores, mute(), AUTHOR, ['hides_confirmed_anomalies'])).hidden).toBe(1);
  });

  it('says that it would hide most results', async () => {
    const stores = hidingStoresOf(results.slice(0, 4), NOW);
    const draft = suppressionOf(mute({ match: { entity: 'shop' } }), AUTHOR, NOW);
    const { replay, consequences, refusal } = await previewSuppression(stores, draft);
    expect(replay.results).toEqual({ before: 4, after: 1 });
    expect(consequences).toEqual(['hides_most_results']);
    expect(refusal).toBeUndefined();
  });

  it('is refused for an entity where it never ends, whatever is accepted', async () => {
    const stores = hidingStoresOf(results, NOW);
    await expect(addSuppression(stores, mute({ expires_at: undefined }), AUTHOR, [])).rejects.toThrow(
      /expires_at/,
    );
  });

  it('is refused after so many of a day, those removed since among them', async () => {
    const stores = hidingStoresOf(results, NOW);
    for (let made = 0; made < SUPPRESSION_LIMITS.newWideADay; made++) {
      const { suppression } = await addSuppression(stores, mute(), AUTHOR, []);
      await removeSuppression(stores, suppression.id, AUTHOR);
    }
    await expect(addSuppression(stores, mute(), AUTHOR, [])).rejects.toMatchObject({ code: 'refused' });
  });

  it('leaves nothing behind where results cannot be marked', async () => {
    const stores = hidingStoresOf(results, NOW);
    stores.failNext('hide', new Error('lost'));
    await expect(addSuppression(stores, mute(), AUTHOR, [])).rejects.toThrow('lost');
    expect(await stores.suppressions.list()).toEqual([]);
    expect([...stores.stored.values()]).toEqual(results);
    expect(stores.entries).toEqual([]);
  });

  it('that is not there cannot be removed', async () => {
    const stores = hidingStoresOf(results, NOW);
    await expect(removeSuppression(stores, 'none', AUTHOR)).rejects.toMatchObject({ code: 'not_found' });
  });
});
