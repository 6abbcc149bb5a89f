/** An offset from UTC that stands behind a clock. */
export interface ClockOffset {
  /** Milliseconds that local time is ahead of UTC. */
  readonly offset: number;
  /** Index of the first UTF-16 code unit behind it. */
  readonly end: number;
}

/** `Z`: of a word that begins with it, it is no zone. A case of its own, so that `zeus` and `ZooKeeper` keep theirs. */
const UTC = /(?:[Zz](?!\w)| [Zz](?=$|[\s\])},;|]))/y;
/** `+02:00`, `+0200`, `+02` right behind the clock. */
const ATTACHED = /([+-])(\d{2})(?::?(\d{2}))?(?![\w:]|\.\d)/y;
/** ` +02:00`, ` +0200` */
const SEPARATE = /\s([+-])(\d{2}):?(\d{2})(?![\w:]|\.\d)/y;
/** Offsets in use are from -12:00 to +14:00, in quarters of an hour. */
const LATEST_ZONE = 14 * 60;
const EARLIEST_ZONE = -12 * 60;
const QUARTER = 15;
const MINUTE = 60_000;

/** Ten hours west and more without a colon may be a number, such as -1000: what stands behind a time must not be a word of a sentence. */
const MAY_BE_NUMBER = /^\s-1\d{3}$/;
const BEHIND_TIME = /\s*(?:$|[[\](){}<>|,;:"'-]|[A-Z])/y;

/** @returns the offset that begins at `at`, or undefined for anything else, such as the first word or number of a message */
export function offsetAt(line: string, at: number): ClockOffset | undefined {
  UTC.lastIndex = at;
  if (UTC.test(line)) return { offset: 0, end: UTC.lastIndex };
  for (const form of [ATTACHED, SEPARATE]) {
    form.lastIndex = at;
    const match = form.exec(line);
    if (match === null) continue;
    const [whole, sign, hours, minutes = '00'] = match;
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    const end = form.lastIndex;
    if (offset < EARLIEST_ZONE || offset > LATEST_ZONE || offset % QUARTER !== 0) return undefined;
    BEHIND_TIME.lastIndex = end;
    if (MAY_BE_NUMBER.test(whole) && !BEHIND_TIME.test(line)) return undefined;
    return { offset: offset * MINUTE, end };
  }
  return undefined;
}
