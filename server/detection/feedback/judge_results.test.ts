import { hidingStoresOf, storedResult } from '../../../test/fakes/hiding_stores';
import { forgetJudgement, judgeResult, type Judgement } from './judge_results';

const NOW = Date.UTC(2026, 10, 10);
const MINUTE = 60_000;
const AUTHOR = { by: 'ann' };
const results = [
  storedResult('1', NOW - MINUTE),
  storedResult('2', NOW - 2 * MINUTE),
  ...['3', '4', '5'].map((id) =>
    storedResult(id, NOW - 3 * MINUTE, { pattern: 'disk full', entity: 'blog' }),
  ),
];
const SOURCE = { index: 'weblogs', id: '1' };
const verdict = (change: Partial<Judgement> = {}): Judgement => ({
  detectorId: 'web',
  source: SOURCE,
  verdict: 'not_an_anomaly',
  scope: 'one',
  ...change,
});
const worldOf = () => {
  const stores = hidingStoresOf(results, NOW);
  const hidden = () =>
    [...stores.stored.values()].flatMap(({ result, source }) =>
      result.type === 'suppressed' ? [source.id] : [],
    );
  return { stores, hidden };
};

describe('a verdict', () => {
  it('"real" is a label on the result and hides nothing', async () => {
    const { stores, hidden } = worldOf();
    expect(await judgeResult(stores, verdict({ verdict: 'real' }), AUTHOR, [])).toMatchObject({
      hidden: 0,
      shown: 0,
    });
    expect(stores.stored.get('web/weblogs/1')?.result).toEqual({ type: 'log', verdict: 'real' });
    expect(hidden()).toEqual([]);
    expect(stores.entries).toMatchObject([{ action: 'feedback_given', to: 'real', by: 'ann' }]);
  });

  it('"not an anomaly" hides one log, or all of its pattern, as its scope says', async () => {
    const { stores, hidden } = worldOf();
    await judgeResult(stores, verdict(), AUTHOR, []);
    expect(hidden()).toEqual(['1']);
    expect(await stores.suppressions.list()).toEqual([]);
    const wider = await judgeResult(stores, verdict({ scope: 'pattern' }), AUTHOR, []);
    expect(wider).toMatchObject({ shown: 1, hidden: 2 });
    expect(hidden()).toEqual(['1', '2']);
    expect(await stores.suppressions.list()).toMatchObject([{ match: { pattern: 'payment failed' } }]);
  });

  it.each(['one', 'pattern'] as const)(
    'said again hides what the one before, cut off behind its label, has not hidden: %s',
    async (scope) => {
      const { stores, hidden } = worldOf();
      const { feedback, results: marks } = stores;
      const cut = () => Promise.reject(new Error('cut off'));
      const killed = {
        ...stores,
        results: { ...marks, judge: cut },
        feedback: { ...feedback, remove: cut },
      };
      await expect(judgeResult(killed, verdict({ scope }), AUTHOR, [])).rejects.toThrow('cut off');
      expect(hidden()).toEqual([]);
      expect(await feedback.list('web')).toHaveLength(1);
      await judgeResult(stores, verdict({ scope }), AUTHOR, []);
      expect(hidden()).toEqual(scope === 'one' ? ['1'] : ['1', '2']);
      expect(await stores.suppressions.list()).toHaveLength(scope === 'one' ? 0 : 1);
    },
  );

  it('given twice changes nothing the second time', async () => {
    const { stores } = worldOf();
    await judgeResult(stores, verdict({ scope: 'pattern' }), AUTHOR, []);
    const before = new Map(stores.stored);
    expect(await judgeResult(stores, verdict({ scope: 'pattern' }), AUTHOR, [])).toMatchObject({
      hidden: 0,
      shown: 0,
    });
    expect(stores.stored).toEqual(before);
    expect(await stores.suppressions.list()).toHaveLength(1);
  });

  it('that replaces another shows what that one hid', async () => {
    const { stores, hidden } = worldOf();
    await judgeResult(stores, verdict({ scope: 'pattern' }), AUTHOR, []);
    expect(await judgeResult(stores, verdict({ verdict: 'real' }), AUTHOR, [])).toMatchObject({ shown: 2 });
    expect(hidden()).toEqual([]);
    expect(await stores.suppressions.list()).toEqual([]);
    expect(stores.entries.map(({ action }) => action)).toContain('suppression_removed');
  });

  it('forgotten leaves all as it was', async () => {
    const { stores } = worldOf();
    await judgeResult(stores, verdict({ scope: 'pattern' }), AUTHOR, []);
    expect(await forgetJudgement(stores, 'web', SOURCE, AUTHOR)).toEqual({ shown: 2 });
    expect([...stores.stored.values()]).toEqual(results);
    expect(await stores.feedback.list('web')).toEqual([]);
    expect(await forgetJudgement(stores, 'web', SOURCE, AUTHOR)).toEqual({ shown: 0 });
  });

  it.each(['show', 'judge'] as const)(
    'that was taken back half way, up to %s, is taken back whole when that is repeated',
    async (method) => {
      const { stores } = worldOf();
      await judgeResult(stores, verdict({ scope: 'pattern' }), AUTHOR, []);
      stores.failNext(method, new Error('lost'));
      await expect(forgetJudgement(stores, 'web', SOURCE, AUTHOR)).rejects.toThrow('lost');
      await forgetJudgement(stores, 'web', SOURCE, AUTHOR);
      expect([...stores.stored.values()]).toEqual(results);
      expect(await stores.feedback.list('web')).toEqual([]);
    },
  );

  it('tells of others that contradict it', async () => {
    const { stores } = worldOf();
    await judgeResult(
      stores,
      verdict({ source: { index: 'weblogs', id: '2' }, verdict: 'real' }),
      AUTHOR,
      [],
    );
    const { contradictions } = await judgeResult(stores, verdict(), AUTHOR, []);
    expect(contradictions).toMatchObject([{ pattern: 'payment failed' }]);
  });

  it('needs what its scope is about', async () => {
    const { stores } = worldOf();
    const gone = verdict({ source: { index: 'weblogs', id: 'gone' }, scope: 'entity' });
    await expect(judgeResult(stores, gone, AUTHOR, [])).rejects.toThrow(/scope is entity.*allowed: one/);
    expect(await stores.feedback.list('web')).toEqual([]);
  });

  it('that cannot be put on the result leaves the verdict of before, as a label', async () => {
    const { stores } = worldOf();
    stores.failNext('judge', new Error('lost'));
    await expect(judgeResult(stores, verdict(), AUTHOR, [])).rejects.toThrow('lost');
    expect(await stores.feedback.list('web')).toEqual([]);
    await judgeResult(stores, verdict({ verdict: 'real' }), AUTHOR, []);
    stores.failNext('hide', new Error('lost'));
    await expect(judgeResult(stores, verdict(), AUTHOR, [])).rejects.toThrow('lost');
    expect(await stores.feedback.find('web', SOURCE)).toMatchObject({ verdict: 'real' });
  });
});
