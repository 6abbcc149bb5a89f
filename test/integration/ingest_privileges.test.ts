import type { Client } from '@elastic/elasticsearch';
import { DetectionError } from '../../common/detection_error';
import {
  checkConnection,
  createLogSource,
  ownerRole,
  pipelineRole,
  type RoleDefinition,
} from '../../server/elasticsearch';
import {
  attachPipeline,
  cancelBackfill,
  deletePipeline,
  deployPipeline,
  detachPipeline,
  followBackfill,
  livePipeline,
  pipelineName,
  planAttachment,
  startBackfill,
} from '../../server/elasticsearch/ingest';
import { sleep } from '../../server/elasticsearch/transport/attempt';
import { administrator, QUICK, uniqueName, userWith } from './fixtures/elasticsearch_fixture';
import { demoDocuments, trainOn } from './fixtures/ingest_models';

/** The steps that need a right, by the right. */
const FAILS_WITHOUT: Record<string, string[]> = {
  manage_ingest_pipelines: ['put', 'look', 'delete'],
  monitor: ['progress'],
  cancel_task: ['cancel'],
  read: ['sample', 'progress'],
  index: ['progress'],
  manage: ['attach', 'backfill', 'detach'],
};

describe('Least privilege for ingest pipelines, on a real Elasticsearch with security', () => {
  jest.setTimeout(180_000);
  const admin = administrator();
  const detectorId = uniqueName('rights').toLowerCase();
  const index = `${detectorId}-logs`;
  const documents = demoDocuments(0.004, 0);
  const snapshot = trainOn(documents, [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'status_code' },
  ]);
  const range = {
    index,
    timestampField: '@timestamp',
    ingestedField: 'event.ingested',
    from: Date.UTC(2026, 10, 1),
    to: Date.UTC(2026, 10, 3),
  };
  const clock = { now: () => Date.now(), sleep };
  const options = { detectorId, policy: QUICK };

  /** Everything that the role is for, step by step. @returns the steps that were refused */
  async function work(client: Client): Promise<string[]> {
    const refused: string[] = [];
    const step = async (name: string, action: () => Promise<unknown>): Promise<void> => {
      await action().catch((error: unknown) => {
        if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
        refused.push(name);
      });
    };
    const pipeline = {
      name: pipelineName(detectorId),
      version: snapshot.version,
      threshold: snapshot.threshold,
    };
    const backfill = { range, pipeline, slices: 1, policy: QUICK };
    await step('sample', () => createLogSource(client, { policy: QUICK }).count(range));
    await step('put', () =>
      deployPipeline(client, snapshot, {
        ...options,
        trial: { now: () => performance.now(), documents: documents.slice(0, 50) },
      }),
    );
    await step('look', () => livePipeline(client, detectorId, options));
    await step('attach', async () =>
      attachPipeline(client, await planAttachment(client, [pipeline.name], index, options), options),
    );
    let task: string | undefined;
    await step('backfill', async () => {
      task = await startBackfill(client, { ...backfill, logsPerSecond: 200 });
    });
    if (task !== undefined) {
      const started = task;
      await step('cancel', () => cancelBackfill(client, started, options));
      await step('progress', () =>
        followBackfill(client, started, { clock, policy: QUICK }).catch((error: unknown) => {
          // A backfill through a pipeline that could not be put may fail before it is cancelled.
          const isWithoutPipeline = refused.includes('put') && /does not exist/.test(String(error));
          const isCancelled = error instanceof DetectionError && error.code === 'interrupted';
          if (!isCancelled && !isWithoutPipeline) throw error;
        }),
      );
      await cancelBackfill(admin, started, options);
    }
    await step('detach', () => detachPipeline(client, [pipeline.name], index, options));
    await step('delete', () => deletePipeline(client, detectorId, options));
    return refused;
  }

  beforeEach(async () => {
    await admin.indices.create({
      index,
      mappings: { dynamic: false, properties: { '@timestamp': { type: 'date' } } },
    });
    await admin.bulk({ index, refresh: true, operations: documents.flatMap((log) => [{ index: {} }, log]) });
  });
  afterEach(async () => {
    await admin.indices.delete({ index });
    await admin.ingest.deletePipeline({ id: `${pipelineName(detectorId)}*` }).catch(() => undefined);
  });
  afterAll(() => admin.close());

  it('the role is enough, from the pipeline to the backfill', async () => {
    const user = await userWith(admin, pipelineRole([index]));
    expect(await work(user.client)).toEqual([]);
    await user.remove();
  });

  const whole = pipelineRole([index]);
  const without: [string, string, RoleDefinition][] = [
    ...whole.cluster.map((privilege): [string, string, RoleDefinition] => [
      privilege,
      'the cluster',
      { ...whole, cluster: whole.cluster.filter((other) => other !== privilege) },
    ]),
    ...whole.indices[0].privileges.map((privilege): [string, string, RoleDefinition] => [
      privilege,
      index,
      {
        ...whole,
        indices: [
          { names: [index], privileges: whole.indices[0].privileges.filter((other) => other !== privilege) },
        ],
      },
    ]),
  ];
  it.each(without)('without %s on %s it is not, and the check names it', async (privilege, _place, role) => {
    const user = await userWith(admin, role);
    const check = await checkConnection(user.client, { indices: [index], role: 'pipelines' });
    expect(check.missingPrivileges.join('; ')).toContain(privilege);
    const refused = await work(user.client);
    expect(refused).toEqual(FAILS_WITHOUT[privilege]);
    await user.remove();
  });

  it('who owns a detector with scoring: ingest swaps versions and no more', async () => {
    const user = await userWith(admin, ownerRole([index], 'default', 'ingest'));
    const check = await checkConnection(user.client, { indices: [index], scoring: 'ingest' });
    expect(check.missingPrivileges).toEqual([]);
    expect(await work(user.client)).toEqual(['attach', 'backfill', 'detach']);
    await user.remove();
    const lesser = await userWith(admin, ownerRole([index]));
    const lacking = await checkConnection(lesser.client, { indices: [index], scoring: 'ingest' });
    expect(lacking.missingPrivileges).toEqual(['manage_ingest_pipelines on the cluster']);
    expect(lacking.hints.join(' ')).toContain('manage_ingest_pipelines');
    await lesser.remove();
  });
});
