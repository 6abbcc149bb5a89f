import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetJudgement, judgeResult } from '../../server/detection/feedback/judge_results';
import { leftOutOf } from '../../server/detection/training/left_out_of_training';
import {
  checkConnection,
  createAuditTrail,
  createFeedbackStore,
  createResultMarks,
  createResultStore,
  createSnapshotStore,
  createSuppressionStore,
  deleteResultMonths,
  ownerRole,
  resultId,
  resultMonthsBefore,
  resultsIndex,
  resultsPattern,
  retentionRole,
  type RoleDefinition,
} from '../../server/elasticsearch';
import { createAnnotationStore } from '../../server/elasticsearch/annotations';
import { outcomeOf, run, start } from './fixtures/command_line_fixture';
import {
  administrator,
  anomalyResult,
  bucketSummary,
  QUICK,
  START,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';
import { startKibanaStandIn } from './fixtures/kibana_stand_in';

jest.setTimeout(180_000);

const MONTH = 31 * 24 * 60 * 60_000;
const TODAY = new Date().toISOString();
const client = administrator();
const spaces: string[] = [];

/** A space with results of three months, and one whose name begins alike. */
async function filledSpace(): Promise<{ space: string; neighbour: string }> {
  const space = uniqueName('keep').toLowerCase();
  const neighbour = `${space}-x`;
  spaces.push(space);
  await createResultStore(client, { space, refresh: true }).write(
    [
      anomalyResult({ id: 'old' }),
      anomalyResult({ id: 'older', time: START - 1 }),
      anomalyResult({ id: 'new', time: START + MONTH }),
    ],
    [bucketSummary({ page: 'p', logs: 10 })],
  );
  await createResultStore(client, { space: neighbour, refresh: true }).write([anomalyResult({ id: 'old' })]);
  return { space, neighbour };
}

const indicesOf = async (space: string): Promise<string[]> =>
  Object.keys(await client.indices.get({ index: resultsPattern(space) })).sort();

afterAll(async () => {
  for (const space of spaces) {
    const found = Object.keys(await client.indices.get({ index: `log-anomalies-*.${space}*` }));
    if (found.length > 0) await client.indices.delete({ index: found });
  }
  await client.close();
});

const ids = async (space: string): Promise<string[]> =>
  (await createResultStore(client, { space }).search({})).results
    .map(({ result }) => result.source.id)
    .sort();

it('whole months that have ended go, on record; the rest and neighbours stay', async () => {
  const { space, neighbour } = await filledSpace();
  expect(await resultMonthsBefore(client, START - 1, { space })).toEqual([]);
  const months = await resultMonthsBefore(client, START + MONTH, { space });
  expect(months).toEqual([
    { index: resultsIndex(space, START - 1), end: START, results: 1, judged: 0, summaries: 0 },
    { index: resultsIndex(space, START), end: START + 30 * 86_400_000, results: 1, judged: 0, summaries: 1 },
  ]);
  await deleteResultMonths(client, months, { at: new Date(START).toISOString(), by: 'ann' }, { space });
  expect(await ids(space)).toEqual(['new']);
  expect(await indicesOf(neighbour)).toEqual([resultsIndex(neighbour, START)]);
  const { entries } = await createAuditTrail(client, { space }).list('any');
  expect(entries).toMatchObject([
    { by: 'ann', action: 'results_deleted', detectorId: '*', details: { results: 2 } },
  ]);
  expect(entries[0].reason).toContain(`2 results of logs before 2026-12-01 were deleted`);
});

describe('what was said of a result that is deleted', () => {
  it('still teaches, keeps its log out of training and can be taken back; its link says why it leads nowhere', async () => {
    const { space } = await filledSpace();
    const stores = {
      suppressions: createSuppressionStore(client, { space, now: () => START + MONTH }),
      feedback: createFeedbackStore(client, { space }),
      results: createResultMarks(client, { space }),
      audit: createAuditTrail(client, { space }),
      clock: { now: () => START + MONTH, sleep: async () => {} },
    };
    const source = { index: 'weblogs', id: 'old' };
    const other = { index: 'weblogs', id: 'older' };
    const author = { by: 'ann' };
    await judgeResult(stores, { detectorId: 'web', source, verdict: 'real', scope: 'one' }, author, []);
    await judgeResult(
      stores,
      { detectorId: 'web', source: other, verdict: 'not_an_anomaly', scope: 'one' },
      author,
      [],
    );
    const months = await resultMonthsBefore(client, START + MONTH, { space });
    expect(months.map(({ judged }) => judged)).toEqual([1, 1]);
    await deleteResultMonths(client, months, { at: new Date(START).toISOString() }, { space });

    const kept = await stores.feedback.list('web');
    expect(kept.map((each) => [each.source.id, each.verdict])).toEqual([
      ['old', 'real'],
      ['older', 'not_an_anomaly'],
    ]);
    expect(
      (
        await leftOutOf(
          { ...stores, annotations: createAnnotationStore(client, { space }) },
          'web',
          { window: '7d' },
          START,
        )
      ).confirmed,
    ).toEqual([source]);
    // Said otherwise, and taken back: neither needs the result.
    await judgeResult(
      stores,
      { detectorId: 'web', source: other, verdict: 'real', scope: 'one' },
      author,
      [],
    );
    expect(await forgetJudgement(stores, 'web', source, author)).toEqual({ shown: 0 });
    expect((await stores.feedback.list('web')).map((each) => each.verdict)).toEqual(['real']);

    const kibana = startKibanaStandIn({ administrator: client });
    const person = { name: 'elastic', client, privileges: ['read' as const] };
    const params = { result_id: resultId('web', source) };
    for (const endpoint of ['getResult', 'getEvidence'] as const) {
      const answer = await kibana.call(person, endpoint, { params }, space);
      expect(answer.status).toBe(404);
      expect(JSON.stringify(answer.body)).toContain('may have been deleted');
    }
  });
});

describe('rights', () => {
  const needed = retentionRole().indices.flatMap(({ names, privileges }, position) =>
    privileges.map((privilege) => ({ privilege, on: names.join(), position })),
  );
  const deletion = async (role: RoleDefinition, space: string): Promise<string> => {
    const user = await userWith(client, role);
    try {
      const months = await resultMonthsBefore(user.client, START + MONTH, { space, policy: QUICK });
      if (months.length !== 2) return 'forbidden';
      await deleteResultMonths(user.client, months, { at: new Date(START).toISOString() }, { space });
      return 'deleted';
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await user.remove();
    }
  };

  it('are enough as documented', async () => {
    const { space } = await filledSpace();
    expect(await deletion(retentionRole(space), space)).toBe('deleted');
  });

  it.each(needed)('without $privilege on $on it does not work', async ({ privilege, position }) => {
    const { space } = await filledSpace();
    const whole = retentionRole(space);
    const role: RoleDefinition = {
      ...whole,
      indices: whole.indices.map((entry, at) =>
        at !== position
          ? entry
          : { ...entry, privileges: entry.privileges.filter((granted) => granted !== privilege) },
      ),
    };
    const user = await userWith(client, role);
    const { missingPrivileges } = await checkConnection(user.client, {
      indices: [],
      space,
      role: 'retention',
    });
    await user.remove();
    expect(missingPrivileges.join('; ')).toContain(privilege);
    expect(await deletion(role, space)).toBe('forbidden');
  });
});

it('an index template of an administrator adds its settings to months to come, as the documentation says', async () => {
  const space = uniqueName('template').toLowerCase();
  spaces.push(space);
  const name = uniqueName('retention');
  await client.indices.putIndexTemplate({
    name,
    index_patterns: [resultsPattern(space)],
    priority: 1_000,
    template: { settings: { 'index.refresh_interval': '7s' } },
  });
  await createResultStore(client, { space }).write([anomalyResult({ id: '1' })]);
  const index = resultsIndex(space, START);
  const made = (await client.indices.get({ index }))[index];
  expect(made.settings?.index?.refresh_interval).toBe('7s');
  expect(made.mappings).toMatchObject({ dynamic: 'false', _meta: { schema_version: 1 } });
  await client.indices.deleteIndexTemplate({ name });
});

describe('delete-results', () => {
  it('says what would go, takes --yes, names the missing right, and leaves feedback and models alone', async () => {
    const space = uniqueName('keep').toLowerCase();
    spaces.push(space);
    const ancient = Date.UTC(2020, 0, 15);
    const index = resultsIndex(space, ancient);
    const results = [
      anomalyResult({ id: 'old', time: ancient }),
      anomalyResult({ id: 'new', time: Date.now() }),
    ];
    await createResultStore(client, { space, refresh: true }).write(results);
    const source = { index: 'weblogs', id: 'old' };
    await createFeedbackStore(client, { space }).save({
      detectorId: 'web',
      source,
      verdict: 'real',
      at: TODAY,
    });
    const [version, detectorId] = [uniqueName('version'), uniqueName('detector')];
    const models = createSnapshotStore(client, { space });
    await models.save(detectorId, version, '{}', { createdAt: TODAY, threshold: 0.6, rows: 1 });
    const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-retention-'));
    await writeFile(join(folder, 'config.yaml'), `space: ${space}\n`);
    const command = ['delete-results', '--older-than', '90d'];

    const rehearsal = await run(folder, ...command, '--dry-run');
    expect([rehearsal.code, rehearsal.stdout.trimEnd().split('\n')]).toEqual([
      0,
      [`${index}  1 results (0 judged), 0 summaries`, 'To be deleted: 1 results in 1 index.'],
    ]);
    const unasked = await run(folder, ...command, '--json');
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('it takes --yes')]);
    expect(JSON.parse(unasked.stdout)).toMatchObject({ deleted: false, indices: [{ index, results: 1 }] });
    const owner = await userWith(client, ownerRole([], space));
    const refused = await outcomeOf(
      start(folder, [...command, '--yes'], {
        ELASTICSEARCH_USERNAME: owner.username,
        ELASTICSEARCH_PASSWORD: owner.password,
      }),
    );
    await owner.remove();
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('delete_index on "log-anom')]);
    expect(await ids(space)).toEqual(['new', 'old']);

    const done = await run(folder, ...command, '--yes', '--json');
    expect([done.code, JSON.parse(done.stdout)]).toMatchObject([0, { deleted: true, indices: [{ index }] }]);
    expect(await ids(space)).toEqual(['new']);
    expect(await models.list(detectorId)).toHaveLength(1);
    expect(await createFeedbackStore(client, { space }).list('web')).toHaveLength(1);
    const again = await run(folder, ...command, '--yes');
    expect([again.code, again.stdout]).toEqual([0, 'No month of results is old enough.\n']);
    await models.delete(detectorId, version);
    await rm(folder, { recursive: true });
  });
});
