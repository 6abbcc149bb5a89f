import type { SuppressionBody } from '../../common/api';
import type { KibanaConnection } from '../command_line/kibana';
import { quietTimeFileSchema } from './file_kinds';
import { planQuietTimes } from './quiet_time_steps';
import type { Step } from './steps';

const NOW = Date.UTC(2026, 1, 1);
const DETECTORS = [{ id: 'd1', name: 'Till' }];
const OVER = {
  name: 'Move',
  match: { entity: 'cart' },
  expires_at: '2026-01-10T00:00:00.000Z',
  comment: 'old',
};
const STORED: SuppressionBody = {
  ...{ id: 's1', detector_ids: [], origin: 'calendar', exclude_from_training: false, hidden: 0, next: [] },
  ...{ at: '2026-01-01T00:00:00.000Z', labels: [], expired: true },
  ...OVER,
};

const EMPTY = {
  ...{ from: OVER.expires_at, to: OVER.expires_at, results: { before: 0, after: 0, hidden: 0 } },
  ...{ alerts: { before: 0, after: 0 }, days_with_logs: 0, complete: true, days: [] },
  ...{ confirmed_hidden: { total: 0, results: [] }, contradictions: [] },
};

function planned(
  file: object,
  { all = [] as SuppressionBody[], preview = { consequences: [] as string[] } } = {},
): { readonly step: Step; readonly asked: { readonly detector_ids: readonly string[] }[] } {
  const asked: { detector_ids: string[] }[] = [];
  const connection: KibanaConnection = {
    kibana: 'http://kibana.test',
    ask: (_path, { body } = {}) => {
      asked.push((JSON.parse(body as string) as { suppression: { detector_ids: string[] } }).suppression);
      return Promise.resolve(Response.json({ ...EMPTY, ...preview }));
    },
  };
  const settings = quietTimeFileSchema.parse({ kind: 'quiet_time', ...file });
  const files = [{ place: 'q.yml:1', settings }];
  const options = { label: undefined, prune: false, now: NOW };
  const [step] = planQuietTimes(connection, { files, all, detectors: DETECTORS }, options);
  return { step, asked };
}

describe('a quiet time that is over', () => {
  it.each([
    ['the space has it as it is', OVER, [STORED], []],
    [
      'the space has it otherwise',
      { ...OVER, comment: 'new' },
      [STORED],
      [expect.stringContaining('it ended at 2026-01-10')],
    ],
    ['the space does not have it', OVER, [], [expect.stringContaining('it ended at 2026-01-10')]],
  ])('keeps nothing else from being applied where %s', async (_case, file, all, warnings) => {
    const { step, asked } = planned(file, { all });
    expect(step.action).toBe('leave');
    expect((await step.warnings?.()) ?? []).toEqual(warnings);
    expect(await step.problems?.()).toEqual([]);
    expect(await step.carryOut(DETECTORS)).toEqual(
      all.length > 0 && warnings.length === 0 ? { id: 's1' } : {},
    );
    expect(asked).toEqual([]);
  });
});

describe('a quiet time of detectors that are not there yet', () => {
  const ahead = { ...OVER, expires_at: '2026-02-10T00:00:00.000Z', detectors: ['New'] };
  const problemsOf = async (file: object, consequences: string[] = []): Promise<string[] | undefined> =>
    planned(file, { preview: { consequences } }).step.problems?.();

  it('is refused before anything is saved where Kibana would refuse it', async () => {
    expect(await problemsOf({ ...ahead, expires_at: '2027-02-10T00:00:00.000Z' })).toEqual([
      expect.stringMatching('what hides an entity or more must end within'),
    ]);
    const broken = { type: 'icalendar', text: 'no calendar', time_zone: 'UTC' };
    expect(await problemsOf({ ...ahead, schedule: broken })).toEqual([
      expect.stringContaining('cannot be read'),
    ]);
  });

  it('has no consequences, but for those of detectors that are there', async () => {
    expect(await problemsOf(ahead, ['hides_most_results'])).toEqual([]);
    const both = { ...ahead, detectors: ['New', 'Till'] };
    const { step, asked } = planned(both, { preview: { consequences: ['hides_most_results'] } });
    expect(await step.problems?.()).toEqual([expect.stringContaining('hides most results')]);
    expect(asked).toMatchObject([{ detector_ids: ['d1'] }]);
  });
});
