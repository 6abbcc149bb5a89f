import { parse } from 'yaml';
import { createAlertingApi } from '../../test/integration/fixtures/alerting_api';
import type { KibanaConnection } from '../command_line/kibana';
import { exportFiles } from './export_files';

const rule = (id: string, name: string) => ({
  ...{ id, name, rule_type_id: 'logAnomalies.incident', consumer: 'logAnomalies', enabled: true },
  ...{
    tags: [] as string[],
    params: {},
    actions: [],
    schedule: { interval: '1m' },
    throttle: null,
    notify_when: null,
  },
  artifacts: {},
});

/** A space with these rules and nothing else. */
function spaceWith(rules: readonly ReturnType<typeof rule>[]): KibanaConnection {
  const alerting = createAlertingApi([]);
  for (const each of rules) alerting.rules.set(each.id, each);
  return {
    kibana: 'http://kibana.test',
    ask: (path, { method = 'GET' } = {}) =>
      Promise.resolve(
        Response.json(
          path.includes('/suppressions')
            ? { suppressions: [] }
            : (alerting.answer(method, path.split('?')[0], undefined)?.body ?? { total: 0, detectors: [] }),
        ),
      ),
  };
}

describe('exportFiles', () => {
  it('cuts names of files by bytes, between characters', async () => {
    const { files } = await exportFiles(spaceWith([rule('1', `a${'漢'.repeat(200)}`)]), undefined);
    expect(files.map(({ path }) => path)).toEqual([`rules/a${'漢'.repeat(59)}.yml`]);
  });

  it('goes on where two have one name, and says so', async () => {
    const { files, warnings } = await exportFiles(
      spaceWith([rule('1', 'Twice'), rule('2', 'Twice'), rule('3', 'Until')]),
      undefined,
    );
    expect(files.map(({ path }) => path)).toEqual([
      'rules/Twice.yml',
      'rules/Twice_2.yml',
      'rules/Until.yml',
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^rules\/Twice_2\.yml: name: "Twice" is that of another/),
    ]);
  });

  it('says what apply would refuse, and writes it all the same', async () => {
    const odd = { ...rule('1', 'Odd'), schedule: { interval: 'now' } };
    const { files, warnings } = await exportFiles(spaceWith([odd]), undefined);
    expect(warnings).toEqual([expect.stringMatching(/^rules\/Odd\.yml: schedule\.interval/)]);
    expect(parse(files[0].content)).toMatchObject({ name: 'Odd' });
    const many = {
      ...rule('1', 'n'.repeat(300)),
      tags: Array.from({ length: 30 }, (_none, tag) => `${tag}`),
    };
    expect((await exportFiles(spaceWith([many]), undefined)).warnings).toEqual([]);
  });
});
