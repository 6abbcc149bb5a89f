import { logAnomalyParamsSchema, lowestConfidence } from '../../../common/rules';
import { createLogAnomalyRuleType, windowOf } from './log_anomaly';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const SETTLED = NOW - 10_000;

describe('the window of a check', () => {
  it('is as long as asked, and everything in it is new at first', () => {
    expect(windowOf(NOW, 300_000, undefined)).toEqual({
      from: SETTLED - 300_000,
      to: SETTLED,
      newFrom: SETTLED - 300_000,
    });
  });

  it('knows what an earlier check has seen', () => {
    const seenTo = SETTLED - 60_000;
    expect(windowOf(NOW, 300_000, seenTo)).toEqual({ from: SETTLED - 300_000, to: SETTLED, newFrom: seenTo });
  });

  it('reaches back a window behind the last check, where a burst may have begun, but no further than a day', () => {
    const seenTo = SETTLED - 2 * HOUR;
    expect(windowOf(NOW, 60_000, seenTo)).toEqual({ from: seenTo - 60_000, to: SETTLED, newFrom: seenTo });
    const afterPause = windowOf(NOW, 60_000, SETTLED - 100 * HOUR);
    expect(afterPause.from).toBe(SETTLED - 60_000 - 24 * HOUR);
    expect(afterPause.newFrom).toBe(afterPause.from);
  });

  it('does not believe a check of the future', () => {
    expect(windowOf(NOW, 60_000, NOW + HOUR).newFrom).toBe(SETTLED - 60_000);
  });
});

it('takes the stricter of confidence and severity', () => {
  const lowest = (given: object): number => lowestConfidence(logAnomalyParamsSchema.parse(given));
  expect(lowest({})).toBe(0.5);
  expect(lowest({ min_severity: 'major' })).toBe(0.9);
  expect(lowest({ min_severity: 'minor', min_confidence: 0.95 })).toBe(0.95);
});

describe('a rule that compares with the hour before', () => {
  const MINUTE = 60_000;
  const params = logAnomalyParamsSchema.parse({
    ...{ count: 5, window: '5m', times_before: 3, group_by: 'detector' },
    min_entities: 2,
  });
  const executor = createLogAnomalyRuleType(
    {} as never,
    async () =>
      ({ list: async () => ({ detectors: [{ id: 'till', detector: { name: 'Till' } }] }) }) as never,
  ).executor;
  const hitOf = (at: number, entity: string): object => ({
    _id: `${at} ${entity}`,
    _source: {
      '@timestamp': new Date(at).toISOString(),
      event: { ingested: new Date(at).toISOString() },
      detector: { id: 'till', name: 'Till' },
      source: { index: 'logs', id: String(at) },
      anomaly: {
        ...{ entity, score: 0.9, confidence: 0.9, severity: 'major', reason: 'Odd.', attribution: [] },
      },
      result: { type: 'log' },
    },
  });
  /** Checks a minute apart over results of these times; @returns what each of them told of the alert */
  const checked = async (
    times: readonly { readonly at: number; readonly entity: string }[],
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<string[]> => {
    let state: Record<string, unknown> = {};
    let before: string[] = [];
    const told: string[] = [];
    const search = async ({ query }: { query: unknown }): Promise<object> => {
      const range = /"event.ingested":(\{[^}]*\})/.exec(JSON.stringify(query))!;
      const { gte, lt } = JSON.parse(range[1]) as { gte: string | number; lt: string | number };
      const isIn = ({ at }: { at: number }): boolean =>
        at >= new Date(gte).getTime() && at < new Date(lt).getTime();
      const isLost = JSON.stringify(query).includes('history');
      return {
        hits: { hits: isLost ? [] : times.filter(isIn).map(({ at, entity }) => hitOf(at, entity)) },
      };
    };
    for (let at = from; at <= to; at += MINUTE) {
      const now: string[] = [];
      const { state: next } = await executor({
        services: {
          alertsClient: {
            report: ({ id }: { id: string }) => now.push(id),
            getRecoveredAlerts: () =>
              before.filter((id) => !now.includes(id)).map((id) => ({ alert: { getId: () => id } })),
            setAlertData: ({ context }: { context: { recovery_reason: string; group: string } }) => {
              expect(context.group).toBe('Till');
              told.push(context.recovery_reason);
            },
            getAlertLimitValue: () => 10,
            setAlertLimitReached: () => undefined,
          },
          scopedClusterClient: { asCurrentUser: { search } },
          shouldStopExecution: () => false,
        } as never,
        ...{ params, state, rule: { id: 'r', name: 'Rule' }, spaceId: 'default' },
        ...{ startedAt: new Date(at + 10_000), logger: console },
      });
      if (now.length > 0 && before.length === 0) told.push(`alert after ${(at - from) / MINUTE}m`);
      before = now;
      state = JSON.parse(JSON.stringify(next)) as Record<string, unknown>;
    }
    return told;
  };
  const flood = (from: number, minutes: number, entity?: string): { at: number; entity: string }[] =>
    Array.from({ length: minutes * 4 }, (_, each) => ({
      at: from + each * 15_000,
      entity: entity ?? `till-${each % 3}`,
    }));

  it('holds an alert for as long as results come as at its begin, and says why it ends', async () => {
    const begin = NOW;
    const usual = Array.from({ length: 6 }, (_, each) => ({
      at: begin - (each + 1) * 10 * MINUTE,
      entity: 'till-0',
    }));
    const ended = [...usual, ...flood(begin, 120)];
    expect(await checked(ended, { from: begin, to: begin + 140 * MINUTE })).toEqual([
      'alert after 2m',
      'too few anomalous logs in 5m',
    ]);
  });

  it('tells of logs that are fewer, and of entities that are', async () => {
    const busy = Array.from({ length: 24 }, (_, each) => ({
      at: NOW - each * 150_000 - 1,
      entity: 'till-0',
    }));
    const slower = flood(NOW, 20).filter((_, each) => each < 40 || each % 4 === 0);
    expect(await checked([...busy, ...slower], { from: NOW, to: NOW + 16 * MINUTE })).toEqual([
      expect.stringMatching('^alert after'),
      expect.stringMatching(
        /^\d+ anomalous logs in 5m are not 3 times as many as in the hour before the alert/,
      ),
    ]);
    const single = [...flood(NOW, 10), ...flood(NOW + 10 * MINUTE, 10, 'till-0')];
    expect(await checked(single, { from: NOW, to: NOW + 17 * MINUTE })).toEqual([
      expect.stringMatching('^alert after'),
      '20 anomalous logs in 5m are of 1 of the 2 entities that the rule asks for',
    ]);
  });
});
