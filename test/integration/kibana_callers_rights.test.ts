import type { BackfillReport, DetectorRecord } from '../../common/api';
import { createStatusStore, type StatusStore } from '../../server/kibana/records/status_store';
import { ownerRole, pipelineRole, type RoleDefinition } from '../../server/elasticsearch';
import { pipelineName } from '../../server/elasticsearch/ingest';
import { API_KEY_TYPE, backfillTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import type { ApiKeyAttributes } from '../../server/kibana/contracts/saved_object_types';
import { uniqueName } from './fixtures/elasticsearch_fixture';
import { webDetector } from './fixtures/kibana_logs';
import { personWith, refusalOf, type NewPerson } from './fixtures/kibana_people';
import { webWorld } from './fixtures/kibana_world';

/** Only the owner may write it. */
const foreign = uniqueName('foreign');
/** Only the caller may write it. */
const own = uniqueName('own');
let owner: NewPerson;
/** Has all that the detector takes, and may follow tasks of the cluster, but not write what is the owner's. */
let caller: NewPerson;
afterAll(async () => {
  await world.admin.indices.delete({ index: [foreign, own], ignore_unavailable: true });
  await Promise.all([owner.remove(), caller.remove()]);
});
const world = webWorld();
const { admin, index, space, start, kibana, ok, target } = world;

const withWrites = (...names: string[]): RoleDefinition => {
  const detector = ownerRole([index], space, 'ingest');
  return {
    cluster: [...detector.cluster, ...pipelineRole([]).cluster],
    indices: [
      ...detector.indices,
      { names: [index], privileges: ['view_index_metadata'] },
      { names, privileges: ['read', 'write', 'create_index', 'manage'] },
    ],
  };
};

let id: string;
let status: StatusStore;
beforeAll(async () => {
  owner = await personWith(admin, 'olga', withWrites(foreign, index), ['read', 'write']);
  caller = await personWith(admin, 'carl', withWrites(own), ['read', 'write']);
  status = createStatusStore(caller.client, { space });
});
beforeEach(async () => {
  ({ id } = await ok<DetectorRecord>(owner, 'createDetector', {
    body: { detector: webDetector(index, { scoring: 'ingest' }), start: false },
  }));
  await ok(owner, 'trainDetector', { params: { id } });
  await kibana.tasks.run(trainingTaskId(target(id)));
});
afterEach(() => admin.ingest.deletePipeline({ id: pipelineName(id, space) }));

const range = () => ({ from: start, to: start + 600_000 });
const exists = (name: string): Promise<boolean> => admin.indices.exists({ index: name });
async function runToEnd(): Promise<BackfillReport> {
  const task = backfillTaskId(target(id));
  while (kibana.tasks.scheduled.has(task)) await kibana.tasks.run(task);
  return ok(caller, 'getBackfill', { params: { id } });
}
const keys = (): ApiKeyAttributes[] =>
  [...kibana.savedObjects.objects.values()]
    .filter(({ type }) => type === API_KEY_TYPE)
    .map(({ attributes }) => attributes as ApiKeyAttributes);

describe('a backfill in the cluster', () => {
  it("does not write with the owner's key where its caller may not", async () => {
    for (const [body, lacking] of [
      [{ ...range(), into: foreign }, `read, write on "${foreign}"`],
      [range(), `index on "${index}"`],
    ] as const) {
      const reply = await kibana.call(caller, 'startBackfill', { params: { id }, body }, space);
      expect(refusalOf(reply)).toContain(
        `403 A backfill in the cluster works with your rights, and you lack:`,
      );
      expect(refusalOf(reply)).toContain(lacking);
    }
    expect(kibana.tasks.scheduled.has(backfillTaskId(target(id)))).toBe(false);
    expect(await exists(foreign)).toBe(false);
    expect(keys()).toHaveLength(1);
  });

  it('does what was ordered, whatever becomes of the status, which its caller may write', async () => {
    await ok(caller, 'startBackfill', { params: { id }, body: { ...range(), into: own } });
    const report = (await status.readPart(id, 'backfill')) as BackfillReport;
    await status.writePart(id, 'backfill', {
      ...report,
      into: foreign,
      to: new Date(start + 6e6).toISOString(),
    });
    expect({ failure: undefined, ...(await runToEnd()) }).toMatchObject({
      state: 'done',
      into: own,
      logs: 600,
      failure: undefined,
    });
    expect(await exists(foreign)).toBe(false);
    expect((await admin.count({ index: own })).count).toBe(600);
  });

  it('has a key of its caller, which ends with it', async () => {
    await ok(caller, 'startBackfill', { params: { id }, body: { ...range(), into: own } });
    const key = keys().find(({ owner: name }) => name === 'carl') as ApiKeyAttributes;
    const { api_keys } = await admin.security.getApiKey({ id: key.api_key_id });
    expect(api_keys[0]).toMatchObject({ username: caller.authorization!.username, invalidated: false });
    expect(JSON.stringify(api_keys[0].role_descriptors)).not.toContain(foreign);
    await ok(caller, 'cancelBackfill', { params: { id } });
    expect((await admin.security.getApiKey({ id: key.api_key_id })).api_keys[0].invalidated).toBe(true);

    await ok(caller, 'startBackfill', { params: { id }, body: { ...range(), into: own } });
    await runToEnd();
    expect(keys().map(({ owner: name }) => name)).toEqual(['olga']);

    // Nor does the key do for another order.
    await ok(caller, 'startBackfill', { params: { id }, body: { ...range(), into: own } });
    const task = kibana.tasks.scheduled.get(backfillTaskId(target(id)))!;
    const order = { ...(task.params.order as object), into: foreign };
    kibana.tasks.scheduled.set(task.id, { ...task, params: { ...task.params, order } });
    await runToEnd();
    expect(kibana.logged.join('\n')).toMatch(/its backfill cannot go on: The detector was changed/);
    expect(await exists(foreign)).toBe(false);
  });

  it('does not stop a task of somebody else', async () => {
    const { task } = await admin.reindex({
      source: { index, size: 10 },
      dest: { index: foreign },
      requests_per_second: 5,
      wait_for_completion: false,
    });
    try {
      await ok(caller, 'startBackfill', { params: { id }, body: { ...range(), into: own } });
      const report = (await status.readPart(id, 'backfill')) as BackfillReport;
      await status.writePart(id, 'backfill', { ...report, state: 'running', task: String(task) });
      await ok(caller, 'cancelBackfill', { params: { id } });
      await runToEnd();
      expect((await admin.tasks.get({ task_id: String(task) })).completed).toBe(false);
    } finally {
      await admin.tasks.cancel({ task_id: String(task), wait_for_completion: true });
      await admin.indices.delete({ index: foreign, ignore_unavailable: true });
    }
  });
});
