import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseInstant, timeSchema } from './parameters';

const TIMES: Readonly<Record<string, string>> = {
  '2026-11-02': '2026-11-02T00:00:00.000Z',
  '2026-11-02T10:00': '2026-11-02T10:00:00.000Z',
  '2026-11-02 10:00:00': '2026-11-02T10:00:00.000Z',
  '2026-11-02T10:00:00,5': '2026-11-02T10:00:00.500Z',
  '2026-11-02T10:00Z': '2026-11-02T10:00:00.000Z',
  '2026-11-02T10:00:00+02:00': '2026-11-02T08:00:00.000Z',
  '2026-11-02T10:00:00-0500': '2026-11-02T15:00:00.000Z',
  '2026-11-02 10:00:00 +0200': '2026-11-02T08:00:00.000Z',
  '2026-11-02 10:00:00 Z': '2026-11-02T10:00:00.000Z',
  '2026-11-02T10:00+02': '2026-11-02T08:00:00.000Z',
  '2026-11-02T10:00:00.25 -05': '2026-11-02T15:00:00.250Z',
  '2026-11-02t10:00z': '2026-11-02T10:00:00.000Z',
  '2026-11': '2026-11-01T00:00:00.000Z',
  '2024': '2024-01-01T00:00:00.000Z',
  '+002024-02-29': '2024-02-29T00:00:00.000Z',
};

describe('a time that people give', () => {
  it('is UTC without an offset, wherever the machine stands', () => {
    const code = `const { parseInstant } = require(${JSON.stringify(join(__dirname, 'parameters.ts'))});
      console.log(JSON.stringify(${JSON.stringify(Object.keys(TIMES))}.map((text) => new Date(parseInstant(text)))));`;
    const said = execFileSync(process.execPath, ['--require', 'tsx/cjs', '-e', code], {
      env: { ...process.env, TZ: 'America/New_York' },
      encoding: 'utf8',
    });
    expect(JSON.parse(said)).toEqual(Object.values(TIMES));
  });

  it.each([
    '',
    'yesterday',
    'Nov 2 2026',
    'Mon, 02 Nov 2026 10:00:00 GMT',
    '2026-1-2',
    '2',
    '2026-13-02',
    '2026-02-30',
    '2026-02-30T10:00:00+02:00',
    '2026-11-02T25:00',
    '2026-11-02T10:00 ',
    '2026-11-02T10:00  +02',
  ])('is not %p', (text) => {
    expect(parseInstant(text)).toBeNaN();
    if (text !== '2') expect(timeSchema.safeParse(text).success).toBe(false);
  });

  it('may be milliseconds in a request', () => {
    expect(timeSchema.parse('1777777777000')).toBe(1777777777000);
    expect(timeSchema.parse('2026-11-02T10:00')).toBe(Date.UTC(2026, 10, 2, 10));
  });
});
