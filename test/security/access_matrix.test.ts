import { randomBytes } from 'node:crypto';
import { ENDPOINTS, type DetectorRecord, type DetectorStatus, type Operation } from '../../common/api';
import {
  joinedRoles,
  ownerRole,
  pipelineRole,
  readerRole,
  type RoleDefinition,
} from '../../server/elasticsearch';
import { demoIndex } from '../../server/elasticsearch/indices/names';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { administrator, createLogs, MINUTE, uniqueName } from '../integration/fixtures/elasticsearch_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from '../integration/fixtures/kibana_logs';
import { answerOf, personWith } from '../integration/fixtures/kibana_people';
import { startKibanaStandIn, type Person } from '../integration/fixtures/kibana_stand_in';
import {
  CELLS,
  faultsOfAllowed,
  faultsOfForbidden,
  OPERATIONS,
  type Ask,
  type MatrixWorld,
} from './access_matrix';
import { DECLARED_ACCESS, PERSONAS, type Persona, type Place } from './declared_access';
import type { Scene } from './requests';

jest.setTimeout(180_000);

const SECONDS = 3_600;
const mark = (what: string): string => `${what}${randomBytes(6).toString('hex')}`;
const admin = administrator();
const index = uniqueName('weblogs').toLowerCase();
const nameMark = mark('name');
const messageMark = mark('message');
const markOfLogs = mark('secret');
const spaces: Record<Place, string> = { own: uniqueName('space').toLowerCase(), other: '' };
// The worst case: a space whose name begins with that of the other, and a hyphen.
spaces.other = `${spaces.own}-b`;
const start = thisMinute() - SECONDS * 1_000;
const kibana = startKibanaStandIn({ administrator: admin });
let ahead = MINUTE;
kibana.now = () => start + SECONDS * 1_000 + ahead;
const cleanUp: (() => Promise<unknown>)[] = [];
const people = {} as Record<Persona, Person>;
/** Privileges of the Kibana feature, which Kibana gives by space. */
const FEATURE: Record<Persona, Partial<Record<Place, Person['privileges']>>> = {
  anonymous: {},
  no_feature: {},
  reader: { own: ['read'] },
  owner_without_logs: { own: ['read', 'write'] },
  owner_elsewhere: { other: ['read', 'write'] },
  owner: { own: ['read', 'write'] },
  superuser: { own: ['read', 'write'], other: ['read', 'write'] },
};

const ownerOf = (logs: string, space: string): RoleDefinition =>
  joinedRoles(ownerRole([logs], space), pipelineRole([logs]));

const ROLES: Record<Persona, RoleDefinition> = {
  anonymous: { cluster: [], indices: [] },
  no_feature: ownerOf(index, spaces.own),
  reader: readerRole(spaces.own),
  owner_without_logs: joinedRoles(
    ownerRole(['something-else'], spaces.own),
    pipelineRole(['something-else']),
  ),
  owner_elsewhere: ownerOf('something-else', spaces.other),
  owner: joinedRoles(ownerOf(index, spaces.own), {
    cluster: [],
    indices: [
      {
        names: [demoIndex(spaces.own)],
        privileges: ['create_index', 'index', 'read', 'view_index_metadata', 'delete_index'],
      },
    ],
  }),
  superuser: {
    cluster: ['all'],
    indices: [{ names: ['*'], privileges: ['all'] }],
  },
};

const ask: Ask = async (persona, place, operation, given) => {
  const person = { ...people[persona], privileges: FEATURE[persona][place] ?? [] };
  const { status, body } = await kibana.call(person, operation, given, spaces[place]);
  return { status, text: typeof body === 'string' ? body : JSON.stringify(body) };
};

const ok = <Body>(operation: Operation, given?: Parameters<typeof kibana.call>[2]): Promise<Body> =>
  answerOf(
    kibana,
    { ...people.owner, privileges: ['read', 'write'] },
    operation,
    given,
    spaces.own,
  ) as Promise<Body>;

/**
 * A detector with two models, a result, a verdict, a suppression, and a live ingest pipeline with a version before it that the
 * logs go through.
 */
async function sceneOf(): Promise<Scene> {
  ahead = MINUTE;
  await admin.indices.putSettings({ index, settings: { 'index.final_pipeline': '_none' } });
  const { id, detector } = await ok<DetectorRecord>('createDetector', {
    body: { detector: { ...webDetector(index), name: nameMark }, start: false },
  });
  const target = { space: spaces.own, detectorId: id };
  await ok('startDetector', { params: { id } });
  await kibana.tasks.run(trainingTaskId(target));
  // A model of its own: a window that ends later.
  ahead += MINUTE;
  await ok('trainDetector', { params: { id } });
  await kibana.tasks.run(trainingTaskId(target));
  await kibana.tasks.run(detectionTaskId(target));
  const { model } = await ok<DetectorStatus>('getStatus', { params: { id } });
  const { models } = await ok<{ models: { version: string }[] }>('listModels', { params: { id } });
  const active = model!.version;
  const other = models.map(({ version }) => version).find((version) => version !== active)!;
  await ok('putPipeline', { params: { id }, body: { version: other } });
  await ok('putPipeline', { params: { id }, body: {} });
  await ok('attachPipeline', { params: { id }, body: {} });
  const modelFile = JSON.parse(
    String(await ok('exportModel', { params: { id, version: other } })),
  ) as unknown;
  await admin.indices.refresh({ index: 'log-anomalies-*' });
  const { results } = await ok<{
    results: { id: string; result: { source: { index: string; id: string } } }[];
  }>('searchResults', { query: { detector_id: id } });
  expect(results.length).toBeGreaterThan(1);
  const judged = { index: results[1].result.source.index, id: results[1].result.source.id };
  await ok('saveFeedback', { params: { id }, body: { source: judged, verdict: 'real' } });
  const { suppression: said } = await ok<{ suppression: { id: string } }>('addSuppression', {
    body: {
      suppression: {
        detector_ids: [id],
        name: 'Work',
        match: { entity: 'nothing' },
        expires_at: new Date(kibana.now() + 3_600_000).toISOString(),
      },
    },
  });
  const { incidents } = await ok<{ incidents: { id: string }[] }>('listIncidents', {
    query: { detector_id: id },
  });
  const { annotation } = await ok<{ annotation: { id: string } }>('addAnnotation', {
    body: { kind: 'deployment', title: 'Release', entities: ['no-such-entity'] },
  });
  const { version } = await ok<DetectorRecord>('getDetector', { params: { id } });
  return {
    incidentId: incidents[0].id,
    annotationId: annotation.id,
    detectorId: id,
    detector,
    version,
    models: [active, other],
    modelFile,
    result: {
      id: results[0].id,
      index: results[0].result.source.index,
      sourceId: results[0].result.source.id,
    },
    judged,
    suppressionId: said.id,
    from: start,
    to: start + SECONDS * 1_000,
  };
}

const worldOf = async (): Promise<MatrixWorld> => ({
  ask,
  scene: await sceneOf(),
  marks: [nameMark, messageMark, markOfLogs],
  markOfLogs,
});

beforeAll(async () => {
  const logs = webLogs({ from: start, to: start + SECONDS * 1_000 }).map(({ id, document }) => ({
    id,
    document: {
      ...document,
      message: `${(document as { message: string }).message} ${messageMark}`,
      secret_note: markOfLogs,
    },
  }));
  await createLogs(admin, index, logs, { mappings: TIME_MAPPINGS });
  for (const persona of PERSONAS) {
    const person = await personWith(admin, persona, ROLES[persona], []);
    people[persona] = person;
    cleanUp.push(person.remove);
  }
});

afterAll(async () => {
  await Promise.all(cleanUp.map((work) => work()));
  const ours = await admin.indices.get({ index: 'log-anomalies-*', allow_no_indices: true });
  const names = Object.keys(ours).filter((name) => name.includes(spaces.own));
  await admin.indices.delete({ index: [index, ...names], ignore_unavailable: true });
  await admin.close();
});

it('every operation of the API is declared', () => {
  expect(Object.keys(DECLARED_ACCESS).sort()).toEqual(Object.keys(ENDPOINTS).sort());
  for (const operation of OPERATIONS) {
    expect([operation, DECLARED_ACCESS[operation].privilege]).toEqual([
      operation,
      ENDPOINTS[operation].privilege,
    ]);
  }
  expect(CELLS.length).toBe(OPERATIONS.length * PERSONAS.length * 2);
});

describe('whoever may not', () => {
  let world: MatrixWorld;
  beforeAll(async () => {
    world = await worldOf();
  });
  it.each(OPERATIONS)('%s: is refused, sees nothing and changes nothing', async (operation) => {
    expect(await faultsOfForbidden(world, operation)).toEqual([]);
  });
});

describe('whoever may', () => {
  it.each(['reader', 'owner_without_logs', 'owner', 'superuser'] as const)(
    '%s does everything that is declared',
    async (persona) => {
      expect(await faultsOfAllowed(await worldOf(), persona)).toEqual([]);
    },
  );
});

describe('in Elasticsearch itself', () => {
  it.each(['reader', 'owner', 'owner_without_logs', 'owner_elsewhere'] as const)(
    'the documented role of %s reaches our indices of its own space alone',
    async (persona) => {
      await worldOf();
      await admin.indices.refresh({ index: 'log-anomalies-*' });
      const ours = await admin.indices.get({ index: 'log-anomalies-*', allow_no_indices: true });
      const place: Place = persona === 'owner_elsewhere' ? 'other' : 'own';
      const foreign = Object.keys(ours).filter((name) => !name.split('.').includes(spaces[place]));
      expect(foreign.length).toBeGreaterThan(0);
      for (const name of foreign) {
        await expect(people[persona].client.search({ index: name })).rejects.toMatchObject({
          meta: { statusCode: 403 },
        });
        await expect(
          people[persona].client.index({ index: name, document: { forged: true } }),
        ).rejects.toMatchObject({ meta: { statusCode: 403 } });
      }
    },
  );
});
