import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { KibanaProcess } from '../kibana_process';
import { sleep } from '../wait_for';
import { train, type World } from '../world';

const MINUTE = 60_000;
const WATCHED_MILLISECONDS = 4 * MINUTE;
/** A detector without logs looks once in `schedule.idle_interval`, 10 minutes: each of them is to be seen once. */
const DETECTORS_WATCHED_MILLISECONDS = 10 * MINUTE;
/** After a change Kibana is busy with it for a while. */
const SETTLING_MILLISECONDS = 90_000;
/** Time after which Kibana has settled after its boot. */
const BOOT_SETTLING_MILLISECONDS = 3 * MINUTE;
const RULES = 10;
const DETECTORS = 100;
const INTERVAL = '1m';
const LOGS = 1_000;

/** Measures the cost of a hundred detectors without new logs, beside ten of Kibana's own rules that find nothing. */
export async function idleCostJourney(world: World, kibana: KibanaProcess): Promise<void> {
  const { report, owner, admin, elasticsearch, name } = world;
  // The role of the owner reads this one.
  const index = world.indices.many;
  await report.journey('Cost of idle detectors', async () => {
    await report.step('logs of an hour ago are written, and none after them', async () => {
      const operations = Array.from({ length: LOGS }, (_, i) => [
        { index: { _index: index } },
        {
          '@timestamp': new Date(Date.now() - 3_600_000 - i * 1_000).toISOString(),
          response_time: 50 + (i % 40),
        },
      ]).flat();
      const { errors } = await elasticsearch.bulk({ operations, refresh: true });
      assert.equal(errors, false);
    });
    await sleep(BOOT_SETTLING_MILLISECONDS);
    // Kibana by itself drifts: it is watched before and after each kind.
    const alone = [await cpuPerMinute(kibana)];
    const overAlone = async (busy: number): Promise<number> => {
      alone.push(await cpuPerMinute(kibana));
      return busy - (alone[alone.length - 2] + alone[alone.length - 1]) / 2;
    };

    const rules = await report.step(`${RULES} rules of Kibana are made`, async () => {
      const ids: string[] = [];
      for (let i = 0; i < RULES; i++) {
        const { id } = await admin.expect<{ id: string }>('post', '/api/alerting/rule', {
          name: `${name} ${i}`,
          rule_type_id: '.index-threshold',
          consumer: 'stackAlerts',
          schedule: { interval: INTERVAL },
          actions: [],
          params: {
            ...{ index: [index], timeField: '@timestamp', aggType: 'count', groupBy: 'all' },
            ...{ thresholdComparator: '>', threshold: [1e9], timeWindowSize: 5, timeWindowUnit: 'm' },
          },
        });
        ids.push(id);
      }
      return ids;
    });
    const busyWithRules = await cpuPerMinute(kibana);
    for (const id of rules) await admin.expect('delete', `/api/alerting/rule/${id}`);
    const withRules = await overAlone(busyWithRules);
    report.figure(`${RULES} idle rules`, `${withRules.toFixed(0)} ms of CPU a minute`);

    const detectors = await report.step(`${DETECTORS} detectors are trained and started`, async () => {
      const detector = {
        name: `${name} idle`,
        source: { index },
        features: [{ type: 'number' as const, field: 'response_time' }],
        training: { window: '1d' },
        schedule: { interval: INTERVAL },
      };
      const { id } = await owner.call('createDetector', { body: { detector, start: false } });
      const model = await owner.call('exportModel', { params: { id, version: await train(owner, id) } });
      const ids = [id];
      while (ids.length < DETECTORS) {
        const copy = { id: (await owner.call('cloneDetector', { params: { id }, body: {} })).id };
        const { version } = await owner.call('importModel', { params: copy, body: model });
        await owner.call('promoteModel', { params: { ...copy, version }, body: {} });
        ids.push(copy.id);
      }
      for (const each of ids) await owner.call('startDetector', { params: { id: each } });
      return ids;
    });
    const busyWithDetectors = await cpuPerMinute(kibana, DETECTORS_WATCHED_MILLISECONDS);
    await report.step('they are deleted', async () => {
      for (const id of detectors) await owner.call('deleteDetector', { params: { id } });
      await elasticsearch.indices.delete({ index });
    });
    const withDetectors = await overAlone(busyWithDetectors);
    report.figure(
      `${DETECTORS} idle detectors`,
      `${withDetectors.toFixed(0)} ms of CPU a minute, ${(withDetectors / withRules).toFixed(2)} times those rules`,
    );
    report.figure(
      'Kibana without either, in between',
      `${alone.map((each) => each.toFixed(0)).join(', ')} ms of CPU a minute`,
    );
  });
}

/** Milliseconds of processor time that Kibana takes in a minute, all its threads together. */
async function cpuPerMinute(kibana: KibanaProcess, watched = WATCHED_MILLISECONDS): Promise<number> {
  await sleep(SETTLING_MILLISECONDS);
  const before = processorMilliseconds(kibana.pid);
  await sleep(watched);
  return ((processorMilliseconds(kibana.pid) - before) * MINUTE) / watched;
}

/** Of a process and all its threads, by proc_pid_stat(5); the clock ticks a hundred times a second on Linux. */
function processorMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Kibana's boots with the plugin and without it, in turns. @returns medians, milliseconds */
export async function bootTimes(
  kibana: KibanaProcess,
  install: () => void,
  remove: () => void,
  rounds: number,
): Promise<{ with: number; without: number }> {
  const times = { with: [] as number[], without: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['with', 'without'] as const) {
      if (kind === 'with') install();
      times[kind].push(await kibana.start());
      await kibana.stop();
      if (kind === 'with') remove();
    }
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  return { with: median(times.with), without: median(times.without) };
}
