import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Incident } from '../../common/incidents';
import { createIncidentRecorder } from '../../server/detection/incidents/record_incidents';
import { createResultStore, incidentsIndex, resultsPattern } from '../../server/elasticsearch';
import { createIncidentStore } from '../../server/elasticsearch/incidents';
import { run as runCommand, type Outcome } from './fixtures/command_line_fixture';
import { administrator, anomalyResult, MINUTE, START, uniqueName } from './fixtures/elasticsearch_fixture';

jest.setTimeout(180_000);

const client = administrator();
const space = uniqueName('cli').toLowerCase();
let folder: string;

const run = (...parameters: string[]): Promise<Outcome> => runCommand(folder, 'incidents', ...parameters);
async function json<Answer>(...parameters: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await run(...parameters, '--json');
  if (code !== 0) throw new Error(`${parameters.join(' ')}: ${code} ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-incidents-'));
  await writeFile(join(folder, 'config.yaml'), `space: ${space}\n`);
  const results = ['shop', 'blog', 'shop'].map((entity, place) => {
    const context = { message: 'Disk is full' };
    const result = anomalyResult({ id: `log-${place}`, time: START + place * MINUTE, context });
    return { ...result, anomaly: { ...result.anomaly, entity, confidence: entity === 'shop' ? 0.99 : 0.8 } };
  });
  await createResultStore(client, { space, refreshResults: true }).write(results);
  const incidents = createIncidentStore(client, { space });
  const settings = { incidents, detectorId: 'web', quiet: 30 * MINUTE, now: () => START };
  await createIncidentRecorder(settings).record(results, START);
});
afterAll(async () => {
  const results = await client.indices.get({ index: resultsPattern(space) });
  await client.indices.delete({
    index: [incidentsIndex(space), `log-anomalies-audit.${space}`, ...Object.keys(results)],
    ignore_unavailable: true,
  });
  await client.close();
  await rm(folder, { recursive: true });
});

it('lists, shows and acknowledges', async () => {
  const { stdout } = await run('--open');
  expect(stdout).toMatch(
    /^CRITICAL Disk is full of shop: 2 logs since .*\(open\)\n.*\nMINOR +Disk is full of blog/,
  );
  const { incidents } = await json<{ incidents: Incident[] }>('--min-severity', 'major');
  expect(incidents.map(({ entity }) => entity)).toEqual(['shop']);
  const [{ id }] = incidents;
  const { incident } = await json<{ incident: Incident }>(id, '--acknowledge', '--comment', 'Looking at it');
  expect(incident).toMatchObject({ state: 'acknowledged', comments: [{ text: 'Looking at it' }] });
  const shown = await run(id);
  expect(shown.stdout).toMatch(/\(acknowledged\)[\s\S]*first +.*Disk is full[\s\S]*comment .*Looking at it/);
});

it('refuses what it cannot do, naming it', async () => {
  expect(await run('--close')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('need the id of one'),
  });
  expect(await run('no-such')).toMatchObject({ code: 3, stderr: expect.stringContaining('"no-such"') });
});
