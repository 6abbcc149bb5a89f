import type { AnomalyResult } from '../../common/anomaly';
import type { ApiResponse, Endpoints, Operation } from '../../common/api';
import {
  createResultStore,
  auditIndex,
  feedbackIndex,
  ownerRole,
  readerRole,
  resultsPattern,
} from '../../server/elasticsearch';
import { administrator, anomalyResult, createLogs, uniqueName } from './elasticsearch_fixture';
import { webDetector } from './kibana_logs';
import { answerOf, personWith } from './kibana_people';
import { startKibanaStandIn, type KibanaStandIn, type Person } from './kibana_stand_in';

export const DAY = 86_400_000;
export const HOUR = DAY / 24;
/** Shortly after the end of daylight saving in Europe. */
export const NOW = Date.UTC(2026, 10, 10, 12);
export const RESULTS = 360;

/** Messages come in three patterns, entities in three, over the 40 days before now. */
export function resultAt(place: number, detectorId: string): AnomalyResult {
  const time = NOW - (place % 40) * DAY - (place % 23) * HOUR - 1;
  const result = anomalyResult({
    id: `log-${place}`,
    time,
    detector: detectorId,
    confidence: 0.5 + (place % 50) / 101,
    context: {
      message: ['Payment %d failed', 'User %d logged in', 'Job %d took long'][place % 3].replace(
        '%d',
        String(place),
      ),
    },
  });
  const [attribution] = result.anomaly.attribution;
  return {
    ...result,
    anomaly: {
      ...result.anomaly,
      entity: ['shop', 'blog', 'auth'][Math.floor(place / 3) % 3],
      attribution: [{ ...attribution, feature: place % 2 === 0 ? 'status' : 'duration' }],
    },
  };
}

/** What a preview and a new suppression look at. */
export const isRecent = (result: AnomalyResult): boolean =>
  Date.parse(result['@timestamp']) >= NOW - 30 * DAY;

/**
 * Two detectors with results in one space, and a space whose name begins alike with some of its own; each test begins with
 * the same results and nothing said of them.
 */
export function suppressionWorld() {
  const admin = administrator();
  const index = uniqueName('weblogs');
  const space = uniqueName('space').toLowerCase();
  const otherSpace = `${space}-b`;
  const kibana: KibanaStandIn = startKibanaStandIn({ administrator: admin });
  const cleanUp: (() => Promise<unknown>)[] = [];
  const known = {} as { owner: Person; reader: Person; id: string; otherId: string };

  const ok = <Name extends Operation>(
    who: Person,
    operation: Name,
    given?: Parameters<KibanaStandIn['call']>[2],
    where = space,
  ): Promise<ApiResponse<Endpoints[Name]>> => answerOf(kibana, who, operation, given, where);

  const all = (): AnomalyResult[] => Array.from({ length: RESULTS }, (_, place) => resultAt(place, known.id));

  beforeAll(async () => {
    await createLogs(admin, index, []);
    kibana.now = () => NOW;
    const owner = await personWith(admin, 'olga', ownerRole([index], space), ['read', 'write']);
    const reader = await personWith(admin, 'rita', readerRole(space), ['read']);
    cleanUp.push(owner.remove, reader.remove);
    const create = async (name: string): Promise<string> => {
      const body = { detector: webDetector(index, { name }), start: false };
      return (await ok(owner, 'createDetector', { body })).id;
    };
    Object.assign(known, { owner, reader, id: await create('Web'), otherId: await create('Other') });
  });
  beforeEach(async () => {
    const neighbours = [0, 1].map((place) => resultAt(place, known.id));
    await createResultStore(admin, { space, refresh: true }).write([...all(), resultAt(0, known.otherId)]);
    await createResultStore(admin, { space: otherSpace, refresh: true }).write(neighbours);
  });
  afterEach(async () => {
    kibana.now = () => NOW;
    for (const where of [resultsPattern(space), feedbackIndex(space), auditIndex(space)]) {
      await admin.deleteByQuery({
        index: where,
        query: { match_all: {} },
        refresh: true,
        conflicts: 'proceed',
        ignore_unavailable: true,
      });
    }
  });
  afterAll(async () => {
    for (const work of cleanUp) await work();
    const results = await admin.indices.get({ index: resultsPattern(space) });
    await admin.indices.delete({
      index: [index, feedbackIndex(space), auditIndex(space), ...Object.keys(results)],
      ignore_unavailable: true,
    });
    await admin.close();
  });

  return {
    admin,
    index,
    space,
    otherSpace,
    kibana,
    /** People and detectors, once they are there. */
    known,
    /** The results of the first detector. */
    all,
    ok,
    async refusal(
      operation: Operation,
      given: Parameters<KibanaStandIn['call']>[2],
      who: Person = known.owner,
    ): Promise<{ status: number; message: string; consequences?: string[] }> {
      const { status, body } = await kibana.call(who, operation, given, space);
      const { message, attributes } = body as {
        message: string;
        attributes?: { details?: { consequences?: string[] } };
      };
      return { status, message, consequences: attributes?.details?.consequences };
    },
    /** Everything that is stored of the results, without their history. */
    async stored(where = space): Promise<Record<string, unknown>> {
      await admin.indices.refresh({ index: resultsPattern(where) });
      const { hits } = await admin.search<AnomalyResult>({
        index: resultsPattern(where),
        size: 1_000,
        query: { term: { 'result.space': where } },
      });
      return Object.fromEntries(
        hits.hits.map(({ _id, _source }) => {
          const { history: _history, ...result } = (_source as AnomalyResult).result;
          return [_id, { ..._source, result }];
        }),
      );
    },
    search: (query: Record<string, string> = {}) =>
      ok(known.reader, 'searchResults', { query: { size: '1000', ...query } }),
    audited: async (detectorId = known.id): Promise<string[]> =>
      (await ok(known.reader, 'listAudit', { params: { id: detectorId } })).entries.map(
        ({ action }) => action,
      ),
  };
}
