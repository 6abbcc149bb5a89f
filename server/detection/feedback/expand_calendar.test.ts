import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expandCalendar } from './expand_calendar';

const DAY = 86_400_000;
const range = { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 3) };
const daily = (hour: string): string =>
  [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'UID:1',
    `DTSTART:20260101T${hour}0000Z`,
    'DURATION:PT1H',
    'RRULE:FREQ=DAILY',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');

describe('expandCalendar', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calendar-'));
  const worker = join(folder, 'calendar_worker.js');
  const endless = join(folder, 'endless.js');
  beforeAll(async () => {
    await build({
      entryPoints: [join(__dirname, 'calendar_worker.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: worker,
    });
    writeFileSync(endless, "require('node:worker_threads').parentPort.on('message', () => { for (;;); });");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same on a thread of its own as on this one', async () => {
    const here = await expandCalendar({ text: daily('10'), timeZone: 'UTC', range });
    const there = await expandCalendar({ text: daily('10'), timeZone: 'Etc/UTC', range }, { worker });
    expect(here.windows).toEqual(
      [0, 1].map((day) => ({
        from: range.from + day * DAY + 10 * 3_600_000,
        to: range.from + day * DAY + 11 * 3_600_000,
      })),
    );
    expect(there).toEqual(here);
  });
  it('brings what is wrong with a calendar back from the thread', () =>
    expect(expandCalendar({ text: 'no', timeZone: 'UTC', range }, { worker })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('The calendar'),
    }));
  it('stops a thread that takes too long, while this one goes on', async () => {
    let turns = 0;
    const ticking = setInterval(() => turns++, 20);
    const given = expandCalendar(
      { text: daily('11'), timeZone: 'UTC', range },
      { worker: endless, deadline: 400 },
    );
    await expect(given).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('0.4 seconds'),
    });
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(3);
  });
  it('gives up on this thread as well', () =>
    expect(
      expandCalendar({ text: daily('12'), timeZone: 'UTC', range }, { deadline: -1 }),
    ).rejects.toMatchObject({
      code: 'refused',
    }));
});
