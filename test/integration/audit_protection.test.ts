import type { Client } from '@elastic/elasticsearch';
import { isContradicted, type AuditEntry } from '../../common/audit';
import {
  auditIndex,
  auditProtectionOf,
  connect,
  createAuditTrail,
  ownerRole,
  protectAuditTrails,
  readerRole,
  retentionRole,
} from '../../server/elasticsearch';
import { administrator, uniqueName, userWith } from './fixtures/elasticsearch_fixture';

const admin = administrator();
const space = uniqueName('space');
const nextSpace = `${space}-next`;
const index = auditIndex(space);
const cleanUp: (() => Promise<unknown>)[] = [];
let owner: Awaited<ReturnType<typeof userWith>>;

const entry = (reason: string, by?: string): AuditEntry => ({
  detectorId: 'web',
  at: new Date().toISOString(),
  action: 'model_promoted',
  reason,
  ...(by !== undefined && { by }),
});
const statusOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => 'done',
    (error: { statusCode?: number }) => error.statusCode,
  );

beforeAll(async () => {
  owner = await userWith(admin, ownerRole([], space));
  cleanUp.push(owner.remove);
});
afterAll(async () => {
  await admin.indices.deleteIndexTemplate({ name: 'log-anomalies-audit' }).catch(() => undefined);
  for (const each of [space, nextSpace]) {
    await admin.indices.delete({ index: auditIndex(each), ignore_unavailable: true });
  }
  // Trails of other tests use the pipeline as long as they name it.
  await admin.indices
    .putSettings({ index: 'log-anomalies-audit.*', settings: { final_pipeline: '_none' } })
    .catch(() => undefined);
  await admin.ingest.deletePipeline({ id: 'log-anomalies-audit' }).catch(() => undefined);
  for (const work of cleanUp) await work();
  await admin.close();
});

test('no documented role changes or deletes an entry, an owner appends', async () => {
  await createAuditTrail(owner.client, { space }).append([entry('first')]);
  const { hits } = await admin.search({ index });
  const id = hits.hits[0]._id as string;
  for (const role of [ownerRole([], space, 'ingest'), readerRole(space), retentionRole(space)]) {
    const user = await userWith(admin, role);
    const { client } = user;
    const refused: Record<string, Promise<unknown>> = {
      index: client.index({ index, id, document: { kind: 'audit' } }),
      update: client.update({ index, id, doc: { by: 'bob' } }),
      delete: client.delete({ index, id }),
      delete_by_query: client.deleteByQuery({ index, query: { match_all: {} } }),
      update_by_query: client.updateByQuery({ index, query: { match_all: {} } }),
      settings: client.indices.putSettings({ index, settings: { final_pipeline: '_none' } }),
      alias: client.indices.putAlias({ index, name: `${index}-alias` }),
      close: client.indices.close({ index }),
      delete_index: client.indices.delete({ index }),
    };
    for (const [what, request] of Object.entries(refused)) {
      expect([what, await statusOf(request)]).toEqual([what, 403]);
    }
    // Writing again under the same id is not appending.
    expect([403, 409]).toContain(await statusOf(client.create({ index, id, document: { kind: 'audit' } })));
    await user.remove();
  }
  expect((await createAuditTrail(owner.client, { space }).list('web')).entries).toMatchObject([
    { reason: 'first' },
  ]);
});

describe('once it is protected', () => {
  const forged = (client: Client) =>
    client.bulk({
      operations: [
        { create: { _index: index, pipeline: '_none' } },
        {
          kind: 'audit',
          detector_id: 'web',
          ...entry('forged', 'bob'),
          recorded: { at: '2026-11-01T00:00:00.000Z', user: { username: 'bob' } },
        },
      ],
      refresh: true,
    });

  test('Elasticsearch notes who wrote an entry and when, whatever the entry says', async () => {
    expect(await auditProtectionOf(owner.client, space)).toBe('unrecorded');
    expect(await auditProtectionOf(owner.client, nextSpace).catch(() => 'hidden')).toBe('hidden');
    expect(await protectAuditTrails(admin, [space])).toContain(index);
    expect(await auditProtectionOf(owner.client, space)).toBe('recorded');
    const before = Date.now();
    expect((await forged(owner.client)).errors).toBe(false);
    await createAuditTrail(owner.client, { space }).append([entry('honest', owner.username)]);
    const { entries } = await createAuditTrail(owner.client, { space }).list('web');
    expect(entries.map(({ reason }) => reason).sort()).toEqual(['first', 'forged', 'honest']);
    const found = new Map(entries.map((each) => [each.reason, each]));
    expect(found.get('first')).not.toHaveProperty('recorded');
    for (const reason of ['forged', 'honest']) {
      const { recorded } = found.get(reason)!;
      expect(recorded).toMatchObject({ by: owner.username });
      expect(Date.parse(recorded!.at)).toBeGreaterThanOrEqual(before - 1_000);
      expect(Date.parse(recorded!.at)).toBeLessThanOrEqual(Date.now() + 1_000);
    }
    expect(entries.filter(isContradicted).map(({ reason }) => reason)).toEqual(['forged']);
  });

  test('a detector writes with its key, which is noted with its owner', async () => {
    const key = await owner.client.security.createApiKey({ name: uniqueName('key') }).catch(() => undefined);
    const granted =
      key ??
      (await admin.security.grantApiKey({
        grant_type: 'password',
        username: owner.username,
        password: owner.password,
        api_key: { name: uniqueName('key') },
      }));
    const client = connect({ url: process.env.ELASTICSEARCH_URL as string, api_key: granted.encoded });
    await createAuditTrail(client, { space }).append([entry('by the schedule')]);
    const { entries } = await createAuditTrail(owner.client, { space }).list('web');
    const { recorded } = entries.find(({ reason }) => reason === 'by the schedule')!;
    expect(recorded).toMatchObject({ by: owner.username, api_key: granted.id });
    await client.close();
    await admin.security.invalidateApiKey({ ids: [granted.id] });
  });

  test('the trail of a space to come is recorded from its first entry', async () => {
    const user = await userWith(admin, ownerRole([], nextSpace));
    await createAuditTrail(user.client, { space: nextSpace }).append([entry('first', user.username)]);
    expect(await auditProtectionOf(user.client, nextSpace)).toBe('recorded');
    const { entries } = await createAuditTrail(user.client, { space: nextSpace }).list('web');
    expect(entries).toMatchObject([{ reason: 'first', recorded: { by: user.username } }]);
    await user.remove();
  });

  test('an owner cannot take the protection off again, and it may be put on twice', async () => {
    const { client } = owner;
    expect(await statusOf(client.indices.putSettings({ index, settings: { final_pipeline: '_none' } }))).toBe(
      403,
    );
    expect(await statusOf(client.ingest.putPipeline({ id: 'log-anomalies-audit', processors: [] }))).toBe(
      403,
    );
    expect(await statusOf(client.ingest.deletePipeline({ id: 'log-anomalies-audit' }))).toBe(403);
    await expect(protectAuditTrails(client, [space])).rejects.toMatchObject({ code: 'forbidden' });
    expect(await protectAuditTrails(admin, [space, nextSpace])).toEqual(
      expect.arrayContaining([index, auditIndex(nextSpace)]),
    );
  });
});
