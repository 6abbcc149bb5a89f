import type { DetectorRecord, DetectorStatus, Operation } from '../../common/api';
import type { DetectorInput } from '../../common/detector';
import { ownerRole, readerRole, resultsPattern, type RoleDefinition } from '../../server/elasticsearch';
import { trainingTaskId } from '../../server/kibana/identifiers';
import { administrator, createLogs, MINUTE, uniqueName } from './elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './kibana_logs';
import { answerOf, personWith, resultIdsOf } from './kibana_people';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './kibana_stand_in';

const SECONDS = 7_200;

/**
 * A Kibana with two hours of web requests, and people with the rights of an owner, a reader and the owner of something else.
 * Made before the tests of a file and removed after them; each test begins with an empty Kibana, since the one before it
 * may have failed half-way.
 */
export function webWorld() {
  const admin = administrator();
  const index = uniqueName('weblogs');
  /** An index that is not there from the beginning, which the owner may read as well. */
  const later = `${index}-later`;
  const space = uniqueName('space').toLowerCase();
  const start = thisMinute() - SECONDS * 1_000;
  const kibana: KibanaStandIn = startKibanaStandIn({ administrator: admin });
  kibana.now = () => start + SECONDS * 1_000 + MINUTE;
  const cleanUp: (() => Promise<unknown>)[] = [];
  const people = {} as Record<'owner' | 'reader' | 'stranger', Person>;
  const add = async (
    who: keyof typeof people,
    name: string,
    role: RoleDefinition,
    privileges: Person['privileges'],
  ): Promise<void> => {
    const person = await personWith(admin, name, role, privileges);
    people[who] = person;
    cleanUp.push(person.remove);
  };

  beforeAll(async () => {
    await createLogs(admin, index, webLogs({ from: start, to: start + SECONDS * 1_000 }), {
      mappings: TIME_MAPPINGS,
    });
    await Promise.all([
      add('owner', 'olga', ownerRole([index, later], space), ['read', 'write']),
      add('reader', 'rita', readerRole(space), ['read']),
      add('stranger', 'sam', ownerRole(['something-else'], space), ['read', 'write']),
    ]);
  });
  afterEach(() => {
    kibana.savedObjects.objects.clear();
    kibana.tasks.scheduled.clear();
  });
  afterAll(async () => {
    await Promise.all(cleanUp.map((work) => work()));
    const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
    await admin.indices.delete({ index: [index, later, ...Object.keys(results)], ignore_unavailable: true });
    await admin.close();
  });

  const ok = <Body>(
    who: Person,
    operation: Operation,
    given?: Parameters<KibanaStandIn['call']>[2],
  ): Promise<Body> => answerOf(kibana, who, operation, given, space) as Promise<Body>;
  const target = (detectorId: string) => ({ space, detectorId });
  const status = (id: string): Promise<DetectorStatus> => ok(people.reader, 'getStatus', { params: { id } });

  return {
    admin,
    index,
    later,
    space,
    /** Epoch milliseconds of the first log. */
    start,
    kibana,
    people,
    ok,
    target,
    status,
    resultIds: (detectorId: string): Promise<string[]> => resultIdsOf(admin, space, detectorId),
    /** A detector with its first model. */
    async trained(change: Partial<DetectorInput> = {}): Promise<DetectorRecord> {
      const detector = await ok<DetectorRecord>(people.owner, 'createDetector', {
        body: { detector: webDetector(index, change), start: false },
      });
      await ok(people.owner, 'startDetector', { params: { id: detector.id } });
      await kibana.tasks.run(trainingTaskId(target(detector.id)));
      expect((await status(detector.id)).training).toMatchObject({ state: 'promoted' });
      return detector;
    },
  };
}

/** The odd ones of the quarter of an hour before now that a first run reads. */
export const RECENT_ODD = ['log-6500', 'log-6700', 'log-6900', 'log-7100'];
