import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { stringify } from 'yaml';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { detectorSchema } from '../../common/detector';
import { trainModel } from '../../server/detection/training/train_model';
import { outcomeOf, run, start } from '../integration/fixtures/command_line_fixture';

jest.setTimeout(180_000);

const MEGABYTE = 1024 * 1024;
const LONG_LINE_MEGABYTES = 600;
/** Of the command line's heap, while it meets that line. */
const HEAP_MEGABYTES = 256;
const NOW = Date.parse('2026-03-02T11:00:00Z');

const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp.\u2066\u200b\u{e0041}';
/** A field's name may hold no control characters. */
const HOSTILE_FIELD = 'field\u202egnp.\u2066\u200b\u{e0041}';
/** Characters that a terminal acts on, hides or turns around; line breaks and tabs are layout. */
const ACTED_ON = /[^\P{Cc}\n\t]|[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]|\p{Cs}/u;

let folder: string;
const logs = Array.from({ length: 400 }, (_, row) => ({
  '@timestamp': new Date(NOW + row * 1_000).toISOString(),
  message: `GET /item/${row % 7} ${row % 40 === 39 ? HOSTILE : 'ok'} took ${row} ms`,
  [HOSTILE_FIELD]: row % 40 === 39 ? HOSTILE : `value${row % 3}`,
  [`control${HOSTILE}`]: `value${row % 3}`,
  service: { name: row % 50 === 49 ? HOSTILE : 'web' },
  took: row === 399 ? 1e9 : row % 10,
}));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-security-'));
  const ndjson = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeFile(join(folder, 'logs.ndjson'), ndjson(logs));
  await writeFile(join(folder, `logs${HOSTILE}.ndjson`), ndjson(logs));
  await writeFile(
    join(folder, 'labelled.ndjson'),
    ndjson(logs.map((log, row) => ({ ...log, label: row === 399 ? 'anomaly' : 'normal' }))),
  );
  await writeFile(join(folder, 'mislabelled.ndjson'), ndjson([...logs, { label: HOSTILE }]));
  await writeFile(join(folder, `broken${HOSTILE}.json`), '[{"a": 1,\u001b[2J');
  const detector = detectorSchema.parse({
    name: `Web ${HOSTILE}`,
    source: { index: 'logs' },
    entity_field: 'service.name',
    features: [
      { type: 'number', field: 'took' },
      { type: 'category', field: HOSTILE_FIELD },
      { type: 'template', field: 'message' },
      { type: 'text', field: 'message' },
    ],
  });
  await writeFile(join(folder, 'detector.yml'), stringify(detector));
  const { snapshot } = trainModel({
    detector,
    documents: logs,
    source: 'logs',
    window: { from: NOW, to: NOW + 400_000 },
    clock: { now: () => NOW },
  });
  await writeFile(join(folder, 'model.json'), encodeModelSnapshot(snapshot));
});
afterAll(() => rm(folder, { recursive: true }));

describe('no output is acted on by a terminal', () => {
  const hostileFile = `logs${HOSTILE}.ndjson`;
  const commands: readonly (readonly string[])[] = [
    ['suggest-features', '--input', hostileFile, '--index', 'logs'],
    ['mine-templates', '--input', hostileFile],
    ['mine-templates', '--input', hostileFile, '--output', '-'],
    ['train-model', '--input', hostileFile, '--detector', 'detector.yml', '--output', `out${HOSTILE}.json`],
    ['score-logs', '--model', 'model.json', '--input', hostileFile, '--output', '-'],
    ['score-logs', '--model', 'model.json', '--input', hostileFile, '--output', `scored${HOSTILE}.ndjson`],
    ['evaluate-model', '--model', 'model.json', '--test-data', 'labelled.ndjson', '--html', 'page.html'],
    ['evaluate-model', '--model', 'model.json', '--test-data', 'mislabelled.ndjson'],
    // Refusals name the file, the option or the value.
    ['score-logs', '--model', `broken${HOSTILE}.json`, '--input', hostileFile, '--output', '-'],
    ['score-logs', '--model', 'model.json', '--input', `broken${HOSTILE}.json`, '--output', '-'],
    ['score-logs', '--model', `none${HOSTILE}`, '--input', hostileFile, '--output', '-'],
    ['train-model', '--input', hostileFile, '--output', 'x.json', '--detector', `broken${HOSTILE}.json`],
    ['list-models', '--config', `none${HOSTILE}.yaml`],
    ['collect-training-data', '--index', `no${HOSTILE}`, '--output', '-'],
    ['ingest-logs', hostileFile, '--index', `No${HOSTILE}`],
    ['list-models', '--detector-id', HOSTILE],
    ['feedback', '--detector-id', HOSTILE],
    ['detect', '--model', 'model.json', '--threshold', HOSTILE],
    [`--${HOSTILE}`],
    [HOSTILE],
  ];
  const cases = commands.flatMap((command) => [
    command,
    ...(command.length > 1 ? [[...command, '--json']] : []),
  ]);

  it.each(cases.map((command): [string, readonly string[]] => [JSON.stringify(command), command]))(
    '%s',
    async (_name, command) => {
      const { stdout, stderr } = await run(folder, ...command);
      const shown = stdout + stderr;
      expect(shown.length).toBeGreaterThan(0);
      expect(ACTED_ON.exec(shown)?.[0].codePointAt(0)?.toString(16)).toBeUndefined();
      if (command.includes('--json') && stdout !== '') {
        for (const text of command.includes('-') ? stdout.trim().split('\n') : [stdout]) JSON.parse(text);
      }
    },
  );

  it('a page has nothing that a browser hides or turns around', async () => {
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('gnp.');
    expect(ACTED_ON.exec(page)).toBeNull();
  });

  it('an exported file is the same to a machine', async () => {
    const { stdout } = await run(
      folder,
      'score-logs',
      '--model',
      'model.json',
      '--input',
      'logs.ndjson',
      '--output',
      '-',
    );
    const scored = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(scored.map((log) => ({ ...log, anomaly: undefined, model: undefined }))).toEqual(
      logs.map((log) => ({ ...log, anomaly: undefined, model: undefined })),
    );
  });
});

describe(`a gzip with one line of ${LONG_LINE_MEGABYTES} MB`, () => {
  const file = 'long.ndjson.gz';
  beforeAll(async () => {
    const zipped = createGzip({ level: 1 });
    zipped.pipe(createWriteStream(join(folder, file)));
    const put = async (piece: string | Buffer) => {
      if (!zipped.write(piece)) await once(zipped, 'drain');
    };
    for (const log of logs.slice(0, 350)) await put(`${JSON.stringify(log)}\n`);
    const piece = Buffer.alloc(MEGABYTE, 'x');
    await put('{"message":"');
    for (let written = 0; written < LONG_LINE_MEGABYTES; written++) await put(piece);
    await put('"}\n');
    for (const log of logs.slice(350)) await put(`${JSON.stringify(log)}\n`);
    zipped.end();
    await once(zipped, 'close');
  });

  const environment = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MEGABYTES}` };
  it.each([
    ['score-logs', '--model', 'model.json', '--input', file, '--output', 'scored.ndjson'],
    ['train-model', '--input', file, '--detector', 'detector.yml', '--output', 'trained.json'],
    ['mine-templates', '--input', file],
    ['suggest-features', '--input', file, '--index', 'logs'],
    ['evaluate-model', '--model', 'model.json', '--test-data', file],
  ])('%s leaves it out, says so and ends with 9', async (...command) => {
    const { code, stderr } = await outcomeOf(start(folder, command, environment));
    expect(stderr.trim().split('\n').at(-1)).toBe(
      'incomplete Not everything could be read: 1 line was left out, longer than 16,777,216 characters (the first: line 351 of long.ndjson.gz).',
    );
    expect(code).toBe(9);
  });

  it('says so in JSON, also with --quiet', async () => {
    const command = ['mine-templates', '--input', file, '--json', '--quiet'];
    const { code, stdout, stderr } = await outcomeOf(start(folder, command, environment));
    expect(JSON.parse(stderr)).toMatchObject({ incomplete: { lines_left_out: 1, first: { line: 351 } } });
    expect(JSON.parse(stdout)).toMatchObject({ logs: 400 });
    expect(code).toBe(9);
  });

  it('fifty lines just below the limit do not take up the memory while the format is found', async () => {
    const many = createGzip({ level: 1 });
    many.pipe(createWriteStream(join(folder, 'many.gz')));
    const line = Buffer.alloc(16 * MEGABYTE, 'x');
    line[line.length - 1] = 10;
    many.write(`${JSON.stringify(logs[0])}\n`);
    for (let i = 0; i < 50; i++) if (!many.write(line)) await once(many, 'drain');
    many.end();
    await once(many, 'close');
    const command = ['ingest-logs', 'many.gz', '--index', 'security-long-lines', '--format', 'auto'];
    const { code, stderr } = await outcomeOf(start(folder, command, environment));
    expect(stderr).toMatch(/50 lines were left out/);
    expect(code).toBe(9);
  });
});

describe('hostile settings', () => {
  it('an alias bomb is refused in one line, without a stack', async () => {
    const bomb = [
      'a0: &a0 [x]',
      ...Array.from(
        { length: 9 },
        (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`,
      ),
    ].join('\n');
    await writeFile(join(folder, 'bomb.yaml'), bomb);
    await writeFile(join(folder, 'deep.yaml'), '['.repeat(100_000));
    for (const command of [
      ['list-models', '--config', 'bomb.yaml'],
      ['train-model', '--input', 'logs.ndjson', '--output', 'x.json', '--detector', 'bomb.yaml'],
      ['list-models', '--config', 'deep.yaml'],
    ]) {
      const { code, stderr } = await run(folder, ...command);
      expect(stderr).toMatch(/^error .*(bomb|deep)\.yaml is not valid YAML: line \d+, column \d+/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(2);
    }
  });

  it.each([
    ['space', 'space: "${SECRET_OF_TESTS}"\n'],
    ['index', 'index: ["${SECRET_OF_TESTS}"]\n'],
    ['limits', 'limits: { min_recall: "${SECRET_OF_TESTS}" }\n'],
    ['detector', 'detector: { name: "${SECRET_OF_TESTS}", "${SECRET_OF_TESTS}": 1 }\n'],
    ['elasticsearch.url', 'elasticsearch: { url: "ftp://${SECRET_OF_TESTS}" }\n'],
    ['alerts', 'alerts: { slack: { webhook_url: "ftp://${SECRET_OF_TESTS}" } }\n'],
  ])('a secret in %s is never repeated', async (_name, text) => {
    await writeFile(join(folder, 'secret.yaml'), text);
    const { code, stdout, stderr } = await outcomeOf(
      start(folder, ['list-models', '--config', 'secret.yaml'], {
        SECRET_OF_TESTS: 'A wrong Password, 4711!',
        ELASTICSEARCH_URL: '',
      }),
    );
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/error/);
    expect(stdout + stderr).not.toMatch(/wrong.{1,3}Password/);
  });
});

describe('nothing is left behind', () => {
  const leftIn = async (where: string) =>
    (await readdir(where)).filter((name) => /draft|log-anomalies/.test(name));

  it.each([
    [
      'success',
      ['score-logs', '--model', 'model.json', '--input', 'logs.ndjson', '--output', 'kept/x.ndjson'],
    ],
    [
      'failure',
      ['score-logs', '--model', 'model.json', '--input', 'none.ndjson', '--output', 'kept/y.ndjson'],
    ],
    [
      'a folder in its place',
      ['train-model', '--input', 'logs.ndjson', '--detector', 'detector.yml', '--output', 'kept/z'],
    ],
  ])('after %s', async (_name, command) => {
    const temporary = join(folder, 'tmp');
    await mkdir(join(folder, 'kept', 'z', 'in'), { recursive: true });
    await mkdir(temporary, { recursive: true });
    await outcomeOf(start(folder, command, { TMPDIR: temporary }));
    expect(await leftIn(join(folder, 'kept'))).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it.each([
    ['a first', 1],
    ['a second', 2],
  ])('after %s Ctrl-C', async (_name, times) => {
    const temporary = join(folder, 'tmp');
    await mkdir(join(folder, 'stopped'), { recursive: true });
    await mkdir(temporary, { recursive: true });
    const child = start(folder, ['generate-logs', '--backfill', '365d', '--output', 'stopped/x.ndjson'], {
      TMPDIR: temporary,
    });
    const done = outcomeOf(child);
    while ((await leftIn(join(folder, 'stopped'))).length === 0)
      await new Promise((go) => setTimeout(go, 50));
    for (let i = 0; i < times; i++) child.kill('SIGINT');
    await done;
    expect(await leftIn(join(folder, 'stopped'))).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });
});
