import { inspect } from 'node:util';
import type { Client } from '@elastic/elasticsearch';
import { DetectionError } from '../../common/detection_error';
import {
  auditIndex,
  checkConnection,
  checkpointsIndex,
  connect,
  createAuditTrail,
  createCheckpointStore,
  createFeedbackStore,
  createLogSource,
  createResultStore,
  createSnapshotStore,
  feedbackIndex,
  modelsIndex,
  ownerRole,
  readerRole,
  resultsIndex,
  retentionRole,
  type RoleDefinition,
} from '../../server/elasticsearch';
import {
  administrator,
  anomalyResult,
  bucketSummary,
  createLogs,
  QUICK,
  rangeOf,
  START,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';

/** Everything that a detector's owner does. */
async function work(client: Client, logs: string, space: string): Promise<void> {
  const options = { space, policy: QUICK };
  const source = createLogSource(client, { policy: QUICK });
  const range = rangeOf(logs);
  await source.count(range);
  await source.sample(range, { size: 10, seed: 1, fields: ['number'] });
  await source.sample(range, { size: 10, seed: 1, fields: ['number'], identified: true });
  for await (const page of source.read(range)) await source.fetch(page.logs.slice(0, 1));
  const results = createResultStore(client, { ...options, refresh: true });
  await results.write([anomalyResult({ id: '1' })], [bucketSummary({ page: 'p', logs: 1 })]);
  await results.write([anomalyResult({ id: '1' })], [bucketSummary({ page: 'p', logs: 2 })]);
  // A pattern silently leaves out what the user may not read.
  if ((await results.search({})).total !== 1)
    throw new DetectionError('forbidden', 'Results are not visible');
  const models = createSnapshotStore(client, options);
  const version = uniqueName('version');
  const next = uniqueName('version');
  for (const name of [version, next]) {
    await models.save('web', name, name, { createdAt: '2026-11-01T00:00:00.000Z', threshold: 0.6, rows: 1 });
    await models.promote('web', name);
  }
  await models.list('web');
  await models.load('web', version);
  await models.delete('web', version);
  const checkpoints = createCheckpointStore(client, options);
  const detectorId = uniqueName('detector');
  const checkpoint = { detectorId, timestampTo: START, ingestedTo: START, runId: 'run' };
  await checkpoints.write(checkpoint, await checkpoints.write(checkpoint, undefined));
  await checkpoints.read(detectorId);
  const feedback = createFeedbackStore(client, options);
  const source1 = { index: logs, id: '1' };
  await feedback.save({ detectorId, source: source1, verdict: 'real', at: '2026-11-01T00:00:00.000Z' });
  await feedback.list(detectorId);
  const trail = createAuditTrail(client, options);
  const at = '2026-11-01T00:00:00.000Z';
  await trail.append([{ detectorId, at, action: 'model_promoted', reason: 'by hand' }]);
  if ((await trail.list(detectorId)).total !== 1)
    throw new DetectionError('forbidden', 'The audit trail is not visible');
  await feedback.remove(detectorId, source1);
}

/** Requests of several documents answer with 200 and say of each what was refused. */
function refusedItems(answer: { docs?: unknown[]; items?: unknown[] }): void {
  const text = JSON.stringify(answer);
  if (text.includes('security_exception')) throw Object.assign(new Error(text), { statusCode: 403 });
}

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
    return 'ok';
  } catch (error) {
    if (error instanceof DetectionError) return error.code;
    throw error;
  }
}

describe('Least privilege on a real Elasticsearch with security', () => {
  const logs = uniqueName('logs');
  let client: Client;
  const spaces: string[] = [];
  const newSpace = (): string => {
    const space = uniqueName('space');
    spaces.push(space);
    return space;
  };

  beforeAll(async () => {
    client = administrator();
    await createLogs(
      client,
      logs,
      Array.from({ length: 100 }, (_, number) => ({
        document: { '@timestamp': new Date(START + number).toISOString(), number },
      })),
      { mappings: { properties: { '@timestamp': { type: 'date' }, number: { type: 'long' } } } },
    );
  });
  afterAll(async () => {
    for (const space of spaces) {
      for (const index of Object.keys(await client.indices.get({ index: `log-anomalies-*.${space}*` }))) {
        await client.indices.delete({ index });
      }
    }
    await client.indices.delete({ index: logs });
    await client.close();
  });

  test('the role of an owner is enough, from the first index to the last', async () => {
    const space = newSpace();
    const user = await userWith(client, ownerRole([logs], space));
    await work(user.client, logs, space);
    await user.remove();
  });

  const privileges = ownerRole(['logs']).indices.flatMap(({ names, privileges: granted }, position) =>
    granted.map((privilege) => ({ privilege, on: names.join(' and '), position })),
  );
  test.each(privileges)('without $privilege on $on it is not enough', async ({ privilege, position }) => {
    const space = newSpace();
    const whole = ownerRole([logs], space);
    const role: RoleDefinition = {
      ...whole,
      indices: whole.indices
        .map((entry, at) =>
          at !== position
            ? entry
            : { ...entry, privileges: entry.privileges.filter((granted) => granted !== privilege) },
        )
        .filter((entry) => entry.privileges.length > 0),
    };
    const user = await userWith(client, role);
    const check = await checkConnection(user.client, { indices: [logs], space });
    expect(check.missingPrivileges.join('; ')).toContain(privilege);
    expect(await codeOf(() => work(user.client, logs, space))).toBe('forbidden');
    await user.remove();
  });

  test('a reader sees results, models and feedback and changes nothing', async () => {
    const space = newSpace();
    await work(client, logs, space);
    const user = await userWith(client, readerRole(space));
    const options = { space, policy: QUICK };
    const results = createResultStore(user.client, options);
    expect((await results.search({})).total).toBe(1);
    expect(await createSnapshotStore(user.client, options).list('web')).toHaveLength(1);
    expect(await codeOf(() => results.write([anomalyResult({ id: '2' })]))).toBe('forbidden');
    expect(await codeOf(() => createLogSource(user.client).count(rangeOf(logs)))).toBe('forbidden');
    const check = await checkConnection(user.client, { indices: [logs], space, role: 'reader' });
    expect(check.missingPrivileges).toEqual([]);
    await user.remove();
  });

  describe('of a space', () => {
    const home = uniqueName('space');
    /** Begins with the name of the first, and something else. */
    const others = [`${home}-x`, uniqueName('space')];
    const places = (space: string): string[] => [
      resultsIndex(space, START),
      modelsIndex(space),
      checkpointsIndex(space),
      feedbackIndex(space),
      auditIndex(space),
    ];
    const roles = {
      owner: ownerRole([], home),
      reader: readerRole(home),
      retention: retentionRole(home),
    } satisfies Record<string, RoleDefinition>;

    beforeAll(async () => {
      for (const space of [home, ...others]) {
        spaces.push(space);
        await work(client, logs, space);
      }
    });

    test.each(Object.keys(roles) as (keyof typeof roles)[])(
      'the role %s reads, writes, deletes and sees nothing of another space',
      async (name) => {
        const user = await userWith(client, roles[name]);
        const tried: [string, () => Promise<unknown>][] = others.flatMap((space) =>
          places(space).flatMap((index): [string, () => Promise<unknown>][] => [
            [`search ${index}`, () => user.client.search({ index })],
            [`get ${index}`, () => user.client.get({ index, id: 'any' })],
            [`mget ${index}`, () => user.client.mget({ index, ids: ['any'] }).then(refusedItems)],
            [`index ${index}`, () => user.client.index({ index, document: {} })],
            [`create ${index}`, () => user.client.create({ index, id: 'new', document: {} })],
            [
              `bulk ${index}`,
              () => user.client.bulk({ operations: [{ create: { _index: index } }, {}] }).then(refusedItems),
            ],
            [`delete ${index}`, () => user.client.delete({ index, id: 'any' })],
            [
              `delete_by_query ${index}`,
              () => user.client.deleteByQuery({ index, query: { match_all: {} } }),
            ],
            [`mapping ${index}`, () => user.client.indices.getMapping({ index })],
            [`create index ${index}`, () => user.client.indices.create({ index: `${index}.1` })],
            [`delete index ${index}`, () => user.client.indices.delete({ index })],
          ]),
        );
        for (const [what, action] of tried) {
          const status = await action().then(
            () => 'done',
            (error: { statusCode?: number }) => error.statusCode,
          );
          expect([what, status]).toEqual([what, 403]);
        }
        // A wildcard finds what is one's own.
        const seen = await user.client.search({ index: 'log-anomalies-*', size: 1_000 });
        const indices = new Set(seen.hits.hits.map(({ _index }) => _index));
        expect([...indices].filter((index) => !places(home).includes(index))).toEqual([]);
        if (name !== 'retention') expect(indices.size).toBeGreaterThanOrEqual(4);
        await user.remove();
      },
    );

    test('nobody with a role reads through our own stores what another space has', async () => {
      const user = await userWith(client, roles.owner);
      for (const space of others) {
        const options = { space, policy: QUICK };
        expect(await createSnapshotStore(user.client, options).list()).toEqual([]);
        expect((await createResultStore(user.client, options).search({})).total).toBe(0);
        expect(await codeOf(() => createAuditTrail(user.client, options).list('web'))).toBe('forbidden');
        expect(await codeOf(() => createCheckpointStore(user.client, options).read('web'))).toBe('forbidden');
      }
      await user.remove();
    });
  });

  test('an API key does as well as a password, and names what it lacks', async () => {
    const space = newSpace();
    const { cluster, indices } = ownerRole([logs], space);
    const key = await client.security.createApiKey({
      name: uniqueName('key'),
      role_descriptors: {
        owner: {
          cluster: [...cluster],
          indices: indices.map(({ names, privileges: granted }) => ({
            names: [...names],
            privileges: [...granted],
          })),
        },
      },
    });
    const own = connect({ url: process.env.ELASTICSEARCH_URL as string, api_key: key.encoded });
    await work(own, logs, space);
    const check = await checkConnection(own, { indices: [logs, 'elsewhere'], space });
    expect(check.missingPrivileges).toEqual(['read on "elsewhere"']);
    expect(check.hints.join(' ')).toContain('"elsewhere"');
    expect(check.security).toBe(true);
    await own.close();
    await client.security.invalidateApiKey({ ids: [key.id] });
  });

  test('checkConnection reports version, licence and user, and what it may not know', async () => {
    const check = await checkConnection(client, { indices: [logs] });
    expect(check).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      licence: 'basic',
      security: true,
      missingPrivileges: [],
      url: new URL(process.env.ELASTICSEARCH_URL as string).origin,
    });
    const space = newSpace();
    const user = await userWith(client, ownerRole([logs], space));
    const limited = await checkConnection(user.client, { indices: [logs], space });
    expect(limited).toMatchObject({ version: 'unknown', user: user.username, missingPrivileges: [] });
    expect(limited.hints.join(' ')).toContain('monitor');
    await user.remove();
  });

  test('wrong secrets and no address are told apart, and no message holds a secret', async () => {
    const secret = 'very-secret-value';
    const url = process.env.ELASTICSEARCH_URL as string;
    for (const wrong of [
      connect({ url, username: 'nobody', password: secret }),
      connect({ url, api_key: Buffer.from(`id:${secret}`).toString('base64') }),
      connect({ url: url.replace('//', `//nobody:${secret}@`) }),
    ]) {
      const error = await checkConnection(wrong, { indices: [logs], policy: QUICK }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'unauthenticated' });
      const shown = inspect(error, { depth: 20 });
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(Buffer.from(`nobody:${secret}`).toString('base64'));
      await wrong.close();
    }
    const nowhere = connect({ url: 'http://127.0.0.1:1' });
    await expect(
      checkConnection(nowhere, { indices: [logs], policy: { ...QUICK, attempts: 1 } }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    await nowhere.close();
  });
});
