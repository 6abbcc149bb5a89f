import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suppression } from '../../common/suppressions';
import { createResultStore, feedbackIndex, resultsPattern } from '../../server/elasticsearch';
import { run as runCommand, type Outcome } from './fixtures/command_line_fixture';
import { administrator, anomalyResult, MINUTE, uniqueName } from './fixtures/elasticsearch_fixture';

jest.setTimeout(180_000);

const DAY = 86_400_000;
const now = Math.floor(Date.now() / MINUTE) * MINUTE;
const client = administrator();
const space = uniqueName('cli').toLowerCase();
const user = process.env.ELASTICSEARCH_USERNAME as string;
let folder: string;

const run = (...parameters: string[]): Promise<Outcome> => runCommand(folder, ...parameters);
async function json<Answer>(...parameters: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await run(...parameters, '--json');
  if (code !== 0) throw new Error(`${parameters.join(' ')}: ${code} ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

const resultAt = (place: number) => {
  const result = anomalyResult({
    id: `log-${place}`,
    time: now - (place % 20) * DAY - (place % 7) * 60 * MINUTE - 1,
    confidence: 0.6 + place / 1_000,
    context: { message: place % 4 === 0 ? `Job ${place} failed` : `User ${place} logged in` },
  });
  return { ...result, anomaly: { ...result.anomaly, entity: place % 2 === 0 ? 'shop' : 'blog' } };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-hiding-'));
  await writeFile(join(folder, 'config.yaml'), `space: ${space}\n`);
  await createResultStore(client, { space, refresh: true }).write(
    Array.from({ length: 80 }, (_, place) => resultAt(place)),
  );
});
afterAll(async () => {
  const results = await client.indices.get({ index: resultsPattern(space) });
  await client.indices.delete({
    index: [feedbackIndex(space), ...Object.keys(results)],
    ignore_unavailable: true,
  });
  await client.close();
  await rm(folder, { recursive: true });
});

it('feedback with a scope is previewed, given, on record and undone', async () => {
  const source = ['--index', 'weblogs', '--id', 'log-4'];
  const judged = ['feedback', '--detector-id', 'web', ...source, '--scope', 'pattern'];
  const replay = await json<{ results: { hidden: number }; alerts: { before: number; after: number } }>(
    ...judged,
    '--preview',
  );
  expect(replay.results.hidden).toBe(20);
  expect(replay.alerts.after).toBeLessThan(replay.alerts.before);
  const preview = await run(...judged, '--preview');
  expect(preview.stdout).toContain('results  80 -> 60 (20 hidden)');
  const said = await json<{ hidden: number; by: string; suppressionId: string }>(
    ...judged,
    '--verdict',
    'not_an_anomaly',
    '--comment',
    'nightly job',
    '--expires',
    '30d',
  );
  expect(said).toMatchObject({ hidden: 20, by: user, suppressionId: expect.any(String) });
  expect((await run('feedback', '--detector-id', 'web')).stdout).toMatch(
    /not_an_anomaly +pattern +weblogs\/log-4 +nightly job/,
  );
  const counted = await json<{ results: number; days: object[] }>('what-if', '--detector-id', 'web');
  expect([counted.results, counted.days.length]).toEqual([60, 30]);
  expect((await run('feedback', '--detector-id', 'web', ...source, '--undo')).stdout).toContain(
    '20 results are shown again',
  );
  const { entries } = await json<{ entries: { action: string; by: string }[] }>(
    'audit',
    '--detector-id',
    'web',
  );
  expect(entries.map(({ action, by }) => [action, by])).toEqual([
    ['feedback_removed', user],
    ['suppression_removed', user],
    ['suppression_added', user],
    ['feedback_given', user],
  ]);
});

it('a mute that hides very much has to be accepted', async () => {
  const mute = [
    'suppress',
    'add',
    '--name',
    'no shop',
    '--expires',
    '2d',
    '--pattern',
    'User <num> logged in',
  ];
  const refused = await run(...mute);
  expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('accept hides_most_results')]);
  const wide = await run('suppress', 'add', '--name', 'no shop', '--entity', 'shop');
  expect([wide.code, wide.stderr]).toEqual([2, expect.stringContaining('within 365 days')]);
  const { suppression, hidden } = await json<{ suppression: Suppression; hidden: number }>(
    ...mute,
    '--accept',
    'hides_most_results',
  );
  expect(hidden).toBe(60);
  expect((await run('suppress', 'list', '--detector-id', 'web')).stdout).toContain(
    `${suppression.id}  mute     no shop (all detectors, until ${suppression.expires_at}): hides 60 results, by ${user}`,
  );
  expect(await json('suppress', 'remove', '--id', suppression.id)).toEqual({
    removed: suppression.id,
    shown: 60,
  });
  expect((await run('suppress', 'remove', '--id', suppression.id)).code).toBe(3);
  expect(
    (await run('suppress', 'add', '--name', 'x', '--pattern', 'p', '--expires', 'soon')).stderr,
  ).toContain('--expires is "soon"');
});

it('quiet times are added, imported, listed and removed', async () => {
  const day = (time: number): string => new Date(time).toISOString();
  const once = await json<{ suppression: Suppression; hidden: number }>(
    'quiet-times',
    'add',
    '--name',
    'release',
    '--entity',
    'shop',
    '--from',
    day(now - DAY),
    '--to',
    day(now + DAY),
  );
  expect(once.hidden).toBeGreaterThan(0);
  expect(once.suppression).toMatchObject({ origin: 'calendar', exclude_from_training: true });
  const weekly = await run(
    ...['quiet-times', 'add', '--name', 'backup', '--weekly', 'Saturday,sunday', '--preview'],
    ...['--from', '22:00', '--to', '04:00', '--time-zone', 'Europe/Berlin'],
  );
  expect([weekly.code, weekly.stdout]).toEqual([
    0,
    expect.stringContaining('Alerts a day, before and after'),
  ]);
  const file = join(folder, 'maintenance.ics');
  await writeFile(
    file,
    [
      'BEGIN:VCALENDAR',
      'X-WR-CALNAME:Maintenance',
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTART;TZID=Europe/Berlin:20260105T020000',
      'DURATION:PT3H',
      'RRULE:FREQ=WEEKLY;BYDAY=MO',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n'),
  );
  const imported = await json<{ suppression: Suppression }>('quiet-times', 'import', '--ics', file);
  expect(imported.suppression).toMatchObject({ name: 'Maintenance', schedule: { type: 'icalendar' } });
  const listed = (await run('quiet-times', 'list')).stdout.trimEnd().split('\n');
  expect(listed).toEqual([
    expect.stringMatching(/calendar release \(all detectors, next .*\): hides \d+ results/),
    expect.stringMatching(/calendar Maintenance \(all detectors, next .*T0[01]:00:00.000Z to .*\)/),
  ]);
  for (const { suppression } of [once, imported]) {
    expect((await run('quiet-times', 'remove', '--id', suppression.id)).code).toBe(0);
  }
  expect((await run('quiet-times', 'list')).stdout).toContain('Nothing hides results.');
  await writeFile(file, 'no calendar');
  const wrong = await run('quiet-times', 'import', '--ics', file);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('cannot be read')]);
});
