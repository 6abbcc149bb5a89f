import { randomUUID } from 'node:crypto';
import type { Operation } from '../../common/api';
import type { DetectorInput } from '../../common/detector';
import type { UsageLimitsInput } from '../../server/kibana/limits/usage_limits';
import { createStatusStore } from '../../server/kibana/records/status_store';
import type { Services } from '../../server/kibana/contracts/services';
import { createSnapshotStore } from '../../server/elasticsearch';
import { startKibanaStandIn, type Person } from '../integration/fixtures/kibana_stand_in';
import { clientOf } from '../kibana_versions/server_stand_in';
import { SMALL_DETECTOR } from '../kibana_versions/small_detector';
import { SmallElasticsearch } from '../kibana_versions/small_elasticsearch';

/** Our routes and tasks over an Elasticsearch in memory, for one person with all rights, who works with API keys. */
export function smallKibana({ usage, now }: { usage?: UsageLimitsInput; now?: number } = {}) {
  const requests: string[] = [];
  const elasticsearch = new SmallElasticsearch({ major: 8 });
  const client = clientOf(8, elasticsearch, requests);
  const kibana = startKibanaStandIn({ administrator: client, usage });
  if (now !== undefined) kibana.now = () => now;
  const services = Object.assign(kibana.services, { clientFor: () => client }) as {
    -readonly [Name in keyof Services]: Services[Name];
  };
  const olga: Person = {
    name: 'olga',
    client,
    authorization: { username: 'olga', password: 'secret' },
    privileges: ['read', 'write'],
  };
  const space = 'default';
  const call = (operation: Operation, given: Parameters<typeof kibana.call>[2] = {}) =>
    kibana.call(olga, operation, given, space);
  return {
    ...{ kibana, services, requests, elasticsearch, client, olga, space, call },
    status: createStatusStore(client, { space }),
    target: (detectorId: string) => ({ space, detectorId }),
    /** @returns the body of an answer. @throws Error for any but 200 */
    ok: async <Body>(operation: Operation, given: Parameters<typeof call>[1] = {}): Promise<Body> => {
      const { status, body } = await call(operation, given);
      if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    /** @returns its id */
    create: async (change: Partial<DetectorInput> = {}, start = false): Promise<string> => {
      const { status, body } = await call('createDetector', {
        body: { detector: { ...SMALL_DETECTOR, ...change }, start },
      });
      if (status !== 200) throw new Error(`createDetector: ${status} ${JSON.stringify(body)}`);
      return (body as { id: string }).id;
    },
    /** Gives a detector an active model of that version, without a text that could be read. */
    giveModel: async (detectorId: string, version: string = randomUUID()): Promise<void> => {
      const models = createSnapshotStore(client, { space, now: kibana.now });
      const createdAt = new Date(kibana.now()).toISOString();
      await models.save(detectorId, version, '{}', { createdAt, threshold: 0.6, rows: 300 });
      await models.promote(detectorId, version);
    },
  };
}
