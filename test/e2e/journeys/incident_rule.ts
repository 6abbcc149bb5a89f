import assert from 'node:assert/strict';
import { readRule, ruleState } from '../rule_state';
import { sleep, waitFor } from '../wait_for';
import type { World } from '../world';
import { ATTACKER, writeOddRequests, type DetectorMade } from './detector';

interface Told {
  readonly incident_rule: string;
  readonly incident: string;
  readonly entity: string;
  readonly message: string;
  readonly link: string;
}
/** The rule looks every 10 seconds: in so long it has looked twice more. */
const TWO_CHECKS_MILLISECONDS = 25_000;

/** A rule tells of an incident when it begins, and when somebody has closed it: once each. */
export async function incidentRuleJourney(world: World, { id, sample }: DetectorMade): Promise<void> {
  const { report, admin, owner, elasticsearch, indices } = world;
  const told = async (): Promise<Told[]> => {
    const { hits } = await elasticsearch.search<Told>({
      index: indices.alerts,
      ignore_unavailable: true,
      size: 100,
      query: { exists: { field: 'incident_rule' } },
    });
    return hits.hits.map((hit) => hit._source as Told);
  };
  await report.journey('A rule "Log incident"', async () => {
    const connector = await report.step('a connector .index is made', () =>
      admin.expect<{ id: string }>('post', '/api/actions/connector', {
        name: `${world.name} incidents`,
        connector_type_id: '.index',
        config: { index: indices.alerts, refresh: true },
      }),
    );
    const incident = await report.step('an incident of the odd client goes on', async () => {
      await writeOddRequests(world, sample);
      return waitFor('the incident', async () => {
        const { incidents } = await owner.call('listIncidents', {
          query: { detector_id: id, entity: ATTACKER, state: 'active' },
        });
        return incidents.length === 1 ? incidents[0] : `${incidents.length} incidents`;
      });
    });
    const actionOf = (group: 'incident' | 'recovered') => ({
      group,
      id: connector.id,
      params: {
        documents: [
          {
            incident_rule: group,
            incident: '{{context.incident_id}}',
            entity: '{{context.entity}}',
            message: '{{context.message}}',
            link: '{{context.link}}',
          },
        ],
      },
      frequency: { summary: false, notify_when: 'onActionGroupChange', throttle: null },
    });
    const rule = await report.step('the owner makes a rule, with a query for the client', () =>
      owner.expect<{ id: string }>('post', '/api/alerting/rule', {
        name: `${world.name} incidents`,
        rule_type_id: 'logAnomalies.incident',
        consumer: 'logAnomalies',
        schedule: { interval: '10s' },
        params: {
          detector_ids: [id],
          kql: `anomaly.entity : "${ATTACKER}"`,
          query: JSON.stringify({ term: { 'anomaly.entity': ATTACKER } }),
        },
        actions: [actionOf('incident'), actionOf('recovered')],
      }),
    );
    try {
      await report.step('the owner reads the rule that was made', () =>
        waitFor('the rule', () => readRule(owner, rule.id), { timeout: 30_000 }),
      );
      await report.step('it tells of the incident, with a link to its page', async () => {
        const [first] = await waitFor('an alert', async () => {
          const found = await told();
          if (found.length > 0) return found;
          return ruleState(owner, rule.id);
        });
        assert.equal(first.incident_rule, 'incident');
        assert.equal(first.incident, incident.id);
        assert.equal(first.entity, ATTACKER);
        assert.ok(first.link.endsWith(`/app/logAnomalies/incidents/${incident.id}`), first.link);
        assert.ok(first.message.includes(', since '), first.message);
      });
      await report.step('it grows, and nobody is told again', async () => {
        await writeOddRequests(world, sample);
        await sleep(TWO_CHECKS_MILLISECONDS);
        assert.deepEqual(
          (await told()).map((each) => each.incident_rule),
          ['incident'],
        );
      });
      await report.step('somebody closes it, and the alert recovers, once', async () => {
        await owner.call('updateIncident', {
          params: { incident_id: incident.id },
          body: { state: 'closed' },
        });
        await waitFor('the recovery', async () => {
          const groups = (await told()).map((each) => each.incident_rule);
          return groups.includes('recovered') ? groups : groups.join(', ');
        });
        await sleep(TWO_CHECKS_MILLISECONDS);
        const groups = (await told()).map((each) => each.incident_rule).sort();
        assert.deepEqual(groups, ['incident', 'recovered']);
      });
    } finally {
      await owner.request('delete', `/api/alerting/rule/${rule.id}`);
      await admin.request('delete', `/api/actions/connector/${connector.id}`);
    }
  });
}
