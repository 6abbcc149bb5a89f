import type { DetectorRecord, DetectorStatus, ModelRecordBody, Operation } from '../../common/api';
import type { AuditEntryBody } from '../../common/api/audit';
import type { DetectorInput } from '../../common/detector';
import { ownerRole, resultsPattern } from '../../server/elasticsearch';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/identifiers';
import { addLogs, administrator, createLogs, MINUTE, uniqueName } from './elasticsearch_fixture';
import { isOddRequest, thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './kibana_logs';
import { answerOf, personWith, type NewPerson } from './kibana_people';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './kibana_stand_in';

const HOURS = 2;

/** A Kibana in which time passes as tests want; each detector has logs of its own. */
export function upkeepWorld() {
  const admin = administrator();
  const space = uniqueName('space').toLowerCase();
  const indices: string[] = [];
  const kibana: KibanaStandIn = startKibanaStandIn({ administrator: admin });
  const { train } = kibana.services;
  let now = thisMinute() + MINUTE;
  kibana.now = () => now;
  /** Has the rights of an owner and no more; so has the key that the detector works with. */
  let anyone: NewPerson;

  beforeAll(async () => {
    const role = ownerRole(['test-upkeep-*'], space);
    anyone = await personWith(admin, 'olga', role, ['read', 'write']);
  });
  afterEach(() => {
    Object.assign(kibana.services, { train });
    kibana.savedObjects.objects.clear();
    kibana.tasks.scheduled.clear();
  });
  afterAll(async () => {
    await anyone.remove();
    if (indices.length > 0) await admin.indices.delete({ index: indices, ignore_unavailable: true });
    const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
    await admin.indices.delete({ index: Object.keys(results), ignore_unavailable: true });
    await admin.close();
  });

  const ok = <Body>(operation: Operation, given?: Parameters<KibanaStandIn['call']>[2]): Promise<Body> =>
    answerOf(kibana, anyone, operation, given, space) as Promise<Body>;
  const latestIndex = (): string => indices[indices.length - 1];
  const status = (id: string): Promise<DetectorStatus> => ok('getStatus', { params: { id } });
  const run = (id: string): Promise<void> => kibana.tasks.run(detectionTaskId({ space, detectorId: id }));
  const runTraining = (id: string): Promise<void> =>
    kibana.tasks.run(trainingTaskId({ space, detectorId: id }));
  /** Oldest first. */
  const trail = async (id: string): Promise<AuditEntryBody[]> =>
    (await ok<{ entries: AuditEntryBody[] }>('listAudit', { params: { id } })).entries.reverse();

  return {
    admin,
    space,
    kibana,
    /** Of this Kibana: tests may put another one in its place until their end. */
    train,
    owner: (): Person => anyone,
    ok,
    status,
    run,
    runTraining,
    trail,
    /** Where the logs of the detector made last are. */
    latestIndex,
    actionsOf: async (id: string): Promise<string[]> => (await trail(id)).map(({ action }) => action),
    modelsOf: async (id: string): Promise<ModelRecordBody[]> =>
      (await ok<{ models: ModelRecordBody[] }>('listModels', { params: { id } })).models,

    /** Lets time pass, in which logs come in as they used to, or changed. */
    async pass(minutes: number, change: (log: Record<string, unknown>) => object = (log) => log) {
      const logs = webLogs(
        { from: now - MINUTE, to: now + (minutes - 1) * MINUTE },
        isOddRequest,
        `at-${now}`,
      );
      await addLogs(
        admin,
        latestIndex(),
        logs.map(({ id, document }) => ({ id, document: change(document as Record<string, unknown>) })),
      );
      now += minutes * MINUTE;
    },

    /** Lets time pass without logs. */
    wait(minutes: number): void {
      now += minutes * MINUTE;
    },

    /** Creates a detector with its first model and runs it once. */
    async running(change: Partial<DetectorInput>): Promise<string> {
      const index = uniqueName('upkeep');
      indices.push(index);
      const to = now - MINUTE;
      await createLogs(admin, index, webLogs({ from: to - HOURS * 60 * MINUTE, to }), {
        mappings: TIME_MAPPINGS,
      });
      const detector = webDetector(index, change);
      const { id } = await ok<DetectorRecord>('createDetector', { body: { detector, start: true } });
      await run(id);
      await runTraining(id);
      await run(id);
      expect(await status(id)).toMatchObject({
        state: 'running',
        training: { state: 'promoted', reason: 'first' },
      });
      return id;
    },
  };
}

/** Logs that take three times as long. */
export const slower = (log: Record<string, unknown>): object => ({
  ...log,
  response_time: 3 * (log.response_time as number),
});
