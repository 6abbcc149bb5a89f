import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

const MEGABYTE = 1_048_576;

/** JSON texts of values that a field can hold and should not. */
const VALUES: readonly string[] = [
  ...[
    'null',
    '""',
    '"-"',
    '"  "',
    'true',
    'false',
    '[]',
    '{}',
    '[[1]]',
    '[{"a":1}]',
    '[null,"",7]',
    '["",  "x"]',
  ],
  ...[
    '[5,6]',
    '["200"]',
    '{"value":200}',
    '{"a":{"b":{"c":[{"d":"e"}]}}}',
    '-5',
    '-0',
    '0',
    '1',
    '7',
    '6.0',
    '23.75',
    '24',
  ],
  ...[
    '1e300',
    '-1e300',
    '1e400',
    '-1e400',
    '5e-324',
    '1e-7',
    '1.5e-7',
    '0.000001',
    '0.30000000000000004',
    '1e21',
    '1e20',
  ],
  ...[
    '123456789012345680000',
    '9007199254740993',
    '123456789012345678901234567890',
    '200.0',
    '404.5',
    '-1e15',
    '8.64e15',
  ],
  ...[
    '1700000000000',
    '1700000000',
    '-86400001',
    '1763800000123.5',
    '"200"',
    '" 1e3 "',
    '"+.5"',
    '"5."',
    '"1e5000"',
    '"-1e5000"',
  ],
  ...[
    '"1e"',
    '"."',
    '"1.2.3"',
    '"0x10"',
    '"1d"',
    '"1f"',
    '"NaN"',
    '"-Infinity"',
    '"+inf"',
    '"١٢"',
    '"\\u00a012\\ufeff"',
    '"１２"',
  ],
  ...[
    '"2026-11-22T23:59:60.5+05:30"',
    '"2026-02-30"',
    '"0099-01-01T00:00Z"',
    '"2026-11-22 12:30"',
    '"2026-11-22T25:00:00Z"',
  ],
  ...[
    '"2026-11-22T12"',
    '"2026-11-22Z"',
    '"2026-03-29T01:30:00Z"',
    '"2026-10-25T00:59:59.999Z"',
    '"1883-11-18T12:00:00Z"',
  ],
  ...[
    '"2026-11-22T12:00:00,1234567-0800"',
    '"2026-11-22T12:00:00.Z"',
    '"20261122T120000Z"',
    '"1700000000000"',
    '"12.5"',
  ],
  ...[
    '"日本語 ✓ ü"',
    '"\\ud800"',
    '"a\\udfffb"',
    '"\\ud83d\\ude00"',
    '"\\u0000"',
    '"\\u202e"',
    '"İıſ"',
    '"%e6%97%a5"',
  ],
  ...[
    '"/x?q=%27%20or%201=1--"',
    '"/x?q=%2527+UNION/**/SELECT"',
    '"<ScRiPt>alert(1)</sCrIpT>"',
    '"..%2f..%2fetc/passwd"',
  ],
  ...[
    '"%"',
    '"%2"',
    '"%zz%41%"',
    '"${jndi:ldap://a}"',
    '"{{7*7}}"',
    '"a\\t\\u00a0  b\\r\\n/**/ c"',
    '";ls | id && whoami"',
  ],
  ...['"aaaaaaaaaaaaaaaa"', '"__proto__"', '"constructor"', '"select select select from "'],
];

const long = (text: string): string => JSON.stringify(text.repeat(Math.ceil(MEGABYTE / text.length)));

export interface DirtyOptions {
  readonly seed: number;
  readonly count: number;
  readonly fields: readonly string[];
}

/** Logs as JSON texts: each of the fields is absent, clean, dirty, or spelled in an unusual way. */
export function dirtyLogs({ seed, count, fields }: DirtyOptions): string[] {
  const generator = xoroshiro128plus(seed);
  const draw = (options: number): number => unsafeUniformIntDistribution(0, options - 1, generator);
  const pick = <Value>(list: readonly Value[]): Value => list[draw(list.length)];
  const huge = [long('x'), long('a%27 or 1=1--日'), long('7'), long('select ')];

  const nested = (parts: readonly string[], value: string): string => {
    if (parts.length === 0) return value;
    const taken = 1 + draw(draw(3) === 0 ? parts.length : 1);
    const inner = `{${JSON.stringify(parts.slice(0, taken).join('.'))}:${nested(parts.slice(taken), value)}}`;
    return draw(12) === 0 ? `[1,${inner}]` : inner;
  };
  /** Members of an object, without its braces; an array is left as a whole under a name of no interest. */
  const members = (json: string): string => (json.startsWith('{') ? json.slice(1, -1) : `"list":${json}`);

  return Array.from({ length: count }, (_, log) => {
    const taken = new Set<string>();
    const parts = fields.flatMap((field) => {
      if (draw(6) === 0) return [];
      const value = log % 97 === 0 && draw(3) === 0 ? pick(huge) : pick(VALUES);
      const member = members(nested(field.split('.'), value));
      const key = member.slice(0, member.indexOf(':'));
      if (taken.has(key)) return [];
      taken.add(key);
      return [member];
    });
    return `{${[...parts, `"n":${log}`].join(',')}}`;
  });
}
