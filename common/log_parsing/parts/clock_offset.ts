/** An offset from UTC that stands behind a clock. */
export interface ClockOffset {
  /** Milliseconds that local time is ahead of UTC. */
  readonly offset: number;
  /** Index of the first UTF-16 code unit behind it. */
  readonly end: number;
}

/** `Z`, ` UTC`: of a word that begins with it, it is no zone. A case of its own, so that `zeus` and `ZooKeeper` keep theirs. */
const UTC = /(?:[Zz](?![A-Za-z\d])| (?:[Zz]|UTC|GMT)(?=$|[\s\])},;|]))/y;
/** An offset ends where no word, number, share or clock goes on: `-1000ms`, `-0100.50`, `-1000%` and `+02:00:01` are none. */
const ENDS = String.raw`(?![A-Za-z\d%]|[.:]\d)`;
/** `+02:00`, `+0200`, `+02` right behind the clock. */
const ATTACHED = new RegExp(String.raw`([+-])(\d{2})(?::?(\d{2}))?${ENDS}`, 'y');
/** ` +02:00`, ` +0200` */
const SEPARATE = new RegExp(String.raw`\s([+-])(\d{2}):?(\d{2})${ENDS}`, 'y');
/** Offsets in use are from -12:00 to +14:00, in quarters of an hour. */
const LATEST_ZONE = 14 * 60;
const EARLIEST_ZONE = -12 * 60;
const QUARTER = 15;
const MINUTE = 60_000;

/**
 * Reads the offset behind a clock. A number that clocks have as an offset is taken for one, by whatever words stand behind: in
 * `10:00:00 -1000 foo` it says ten hours west.
 *
 * @returns the offset that begins at `at`, or undefined for anything else, such as the first word or number of a message
 */
export function offsetAt(line: string, at: number): ClockOffset | undefined {
  UTC.lastIndex = at;
  if (UTC.test(line)) return { offset: 0, end: UTC.lastIndex };
  for (const form of [ATTACHED, SEPARATE]) {
    form.lastIndex = at;
    const match = form.exec(line);
    if (match === null) continue;
    const [, sign, hours, minutes = '00'] = match;
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    const end = form.lastIndex;
    if (offset < EARLIEST_ZONE || offset > LATEST_ZONE || offset % QUARTER !== 0) return undefined;
    return { offset: offset * MINUTE, end };
  }
  return undefined;
}
