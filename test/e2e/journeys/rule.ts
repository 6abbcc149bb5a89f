import assert from 'node:assert/strict';
import { readRule, ruleState } from '../rule_state';
import { sleep, waitFor } from '../wait_for';
import { resultsOf, type World } from '../world';
import { ATTACKER, writeOddRequests, type DetectorMade } from './detector';

interface Fired {
  readonly state: string;
  readonly group: string;
  readonly count: string;
  readonly line: string;
}
const SERVER_LOG_TEXT = 'e2e says';
const WINDOW_SECONDS = 30;
/** The rule looks so far behind now, see SETTLING_MILLISECONDS of the rule type; and its own pace. */
const BEHIND_SECONDS = 20;

/** A rule fires for the entity that has enough results, once, and recovers. */
export async function ruleJourney(world: World, { id, sample }: DetectorMade): Promise<void> {
  const { report, admin, owner, elasticsearch, indices } = world;
  const alerts = async (): Promise<Fired[]> => {
    const { hits } = await elasticsearch.search<Fired>({
      index: indices.alerts,
      ignore_unavailable: true,
      size: 100,
    });
    return hits.hits.map((hit) => hit._source as Fired);
  };
  await report.journey('A rule "Log anomaly"', async () => {
    const connectors = await report.step('connectors .index and .server-log are made', async () => {
      // Made beforehand: an index that the connector makes cannot be searched in its first moment.
      await elasticsearch.indices.create({ index: indices.alerts });
      const make = (body: object) =>
        admin.expect<{ id: string }>('post', '/api/actions/connector', body).then((made) => made.id);
      return {
        index: await make({
          name: `${world.name} index`,
          connector_type_id: '.index',
          config: { index: indices.alerts, refresh: true },
        }),
        log: await make({ name: `${world.name} log`, connector_type_id: '.server-log' }),
      };
    });
    await report.step('earlier results leave the window', async () => {
      const written = (await resultsOf(owner, id)).map(({ event }) => Date.parse(event.ingested));
      const clear = Math.max(...written) + (WINDOW_SECONDS + BEHIND_SECONDS) * 1_000;
      await sleep(Math.max(0, clear - Date.now()));
    });
    const text = `${SERVER_LOG_TEXT} ${world.name}`;
    const actionsOf = (group: 'anomaly' | 'recovered', state: string) => [
      {
        group,
        id: connectors.index,
        params: {
          documents: [
            { state, group: '{{context.group}}', count: '{{context.count}}', line: '{{context.log_line}}' },
          ],
        },
        frequency: { summary: false, notify_when: 'onActionGroupChange', throttle: null },
      },
      {
        group,
        id: connectors.log,
        params: { level: 'info', message: `${text}: ${state} {{context.message}}` },
        frequency: { summary: false, notify_when: 'onActionGroupChange', throttle: null },
      },
    ];
    const rule = await report.step('the owner makes a rule', () =>
      owner.expect<{ id: string }>('post', '/api/alerting/rule', {
        name: `${world.name} rule`,
        rule_type_id: 'logAnomalies.logAnomaly',
        consumer: 'logAnomalies',
        schedule: { interval: '10s' },
        params: { detector_ids: [id], count: 2, window: `${WINDOW_SECONDS}s`, group_by: 'entity' },
        actions: [...actionsOf('anomaly', 'fired'), ...actionsOf('recovered', 'recovered')],
      }),
    );
    try {
      await report.step('the owner reads the rule that was made', () =>
        waitFor('the rule', () => readRule(owner, rule.id), { timeout: 30_000 }),
      );
      await report.step('it fires for the entity with two odd requests, through .index', async () => {
        await writeOddRequests(world, sample);
        await waitFor('an alert', async () => {
          const found = await alerts();
          if (found.length > 0) return found;
          return ruleState(owner, rule.id);
        });
        const [first] = await alerts();
        assert.equal(first.group, ATTACKER);
        assert.ok(Number(first.count) >= 2 && first.line.length > 0, JSON.stringify(first));
      });
      await report.step('it recovers once the window has passed', () =>
        waitFor('a recovery', async () => {
          const states = (await alerts()).map(({ state }) => state);
          return states.includes('recovered') ? states : states.join(', ');
        }),
      );
      await report.step('each of both was told once', async () => {
        await sleep(12_000);
        const told = (await alerts()).map(({ state, group }) => `${state} ${group}`).sort();
        assert.deepEqual(told, [`fired ${ATTACKER}`, `recovered ${ATTACKER}`]);
      });
      if (world.process === undefined) {
        report.skip('.server-log', 'the log of a Kibana at KIBANA_URL cannot be read; KIBANA_HOME can');
      } else {
        const { process } = world;
        await report.step('Kibana’s log holds what .server-log said', async () => {
          const lines = process
            .logText()
            .split('\n')
            .filter((line) => line.includes(text));
          assert.equal(lines.length, 2, lines.join('\n'));
        });
      }
    } finally {
      await owner.request('delete', `/api/alerting/rule/${rule.id}`);
      for (const connector of Object.values(connectors)) {
        await admin.request('delete', `/api/actions/connector/${connector}`);
      }
    }
  });
}
