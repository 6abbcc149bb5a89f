import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DetectionError } from '../../common/detection_error';
import { readConfig } from './config';

let folder: string;
const write = async (text: string): Promise<string> => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, text);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-anomalies-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readConfig', () => {
  it('fills in defaults', async () => {
    const config = await readConfig(await write(''), {});
    expect(config.space).toBe('default');
    expect(config.limits.max_score_drift).toBe(0.25);
    expect(config.alerts).toBeUndefined();
  });

  it('refuses a detector that reads a hidden index', async () => {
    const path = await write('detector: { name: web, source: { index: ".kibana*" } }\n');
    await expect(readConfig(path, {})).rejects.toThrow(/source\.index.*hidden or system index/s);
  });

  it('takes exactly the alert keys of the documentation', async () => {
    const config = await readConfig(
      await write(
        'alerts:\n  slack: { webhook_url: "https://hooks.example.org/x", channel: "#ops" }\n' +
          '  email: { smtp_server: "mail.example.org:25", recipients: [a@example.org] }\n',
      ),
      {},
    );
    expect(config.alerts).toMatchObject({
      slack: { webhook_url: 'https://hooks.example.org/x', channel: '#ops' },
      email: { smtp_server: 'mail.example.org:25', recipients: ['a@example.org'] },
    });
  });

  it('puts environment variables in place, and lets ELASTICSEARCH_* win over the file', async () => {
    const path = await write('elasticsearch: { url: "http://file:9200", api_key: "${KEY}" }\n');
    const config = await readConfig(path, {
      KEY: 'from-environment',
      ELASTICSEARCH_URL: 'http://environment:9200',
    });
    expect(config.elasticsearch.api_key).toBe('from-environment');
    expect([config.elasticsearch.url].flat()).toEqual(['http://environment:9200']);
  });

  it.each([
    ['limits: { min_recall: 2 }', /limits\.min_recall.*got 2/],
    ['nonsense: 1', /nonsense/],
    ['space: "Upper Case"', /space: must be lower-case letters.*Upper Case/],
    ['- a list', /must hold settings by name/],
    ['a: [', /not valid YAML/],
    ['index: "${NOT_SET}"', /NOT_SET, which is not set/],
  ])('refuses %s', async (text, message) => {
    await expect(readConfig(await write(text), {})).rejects.toThrow(message);
  });

  it.each([
    ['space: "${ELASTICSEARCH_PASSWORD}"', /space: must be .*got "\$\{ELASTICSEARCH_PASSWORD\}"/],
    ['limits: { min_f1: "${SECRET}" }', /limits\.min_f1.*\$\{SECRET\}/],
    ['limits: { min_f1: "a ${SECRET} b" }', /\$\{SECRET\}/],
    // messages on one setting that repeat another
    [
      'detector: { name: x, unit: bucket, entity_field: "${SECRET}", source: { index: a }, ' +
        'features: [{ type: number, field: bytes }] }',
      /must be|not in a bucket row; allowed: .*\$\{SECRET\}/,
    ],
    ['"${SECRET}"', /must hold settings by name/],
    ['alerts: { email: { smtp_server: "${SECRET} x", recipients: ["${SECRET}"] } }', /alerts\.email/],
    ['elasticsearch: { request_timeout_ms: "${SECRET}" }', /elasticsearch\.request_timeout_ms/],
    ['index: ["${SECRET}"]', /index/],
  ])('shows the name of a variable and never its value: %s', async (text, message) => {
    const secret = 'S3cr"t of mine';
    const told = await readConfig(await write(text), {
      SECRET: secret,
      ELASTICSEARCH_PASSWORD: secret,
    }).catch((error: Error) => error);
    expect(told).toBeInstanceOf(DetectionError);
    const { message: said, details } = told as DetectionError;
    expect(said).toMatch(message);
    expect(JSON.stringify([said, details])).not.toMatch(/S3cr/);
  });

  it.each([
    ['a tag', 'password: !!int hunter2-hunter2'],
    ['an alias', 'password: *hunter2'],
    ['a quote', 'password: "hunter2'],
    ['a second value', 'password: hunter2 : hunter2'],
    ['a directive', '%hunter2 x\n---\npassword: hunter2\n  : hunter2'],
  ])('repeats nothing of a file that is no YAML: %s', async (_what, text) => {
    const told = await readConfig(await write(text), {}).catch((error: Error) => error);
    expect(told).toBeInstanceOf(DetectionError);
    expect((told as Error).message).toMatch(/not valid/);
    expect((told as Error).message).not.toMatch(/hunter2/);
  });

  it('refuses a named file that is not there', async () => {
    await expect(readConfig(join(folder, 'no.yaml'), {})).rejects.toThrow(/no\.yaml cannot be read/);
  });
});
