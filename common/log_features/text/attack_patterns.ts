/**
 * Signs of attacks as plain data. A sequence matches when its parts occur in this order in the normalised text (see
 * `normaliseText`: decoded, lower case, one space for white space), each at most MAX_GAP code units behind the one
 * before. No regular expression takes part, so the time is linear in the text and any language can do the same.
 */
export const ATTACK_CATEGORIES = [
  'sql_injection',
  'cross_site_scripting',
  'command_injection',
  'path_traversal',
  'template_injection',
  'ldap_injection',
  'log4shell',
  'null_byte',
  'scanner',
] as const;
export type AttackCategory = (typeof ATTACK_CATEGORIES)[number];

export interface AttackPattern {
  readonly category: AttackCategory;
  readonly sequence: readonly string[];
}

/** Code units between two parts of a sequence. */
export const MAX_GAP = 48;

/** Patterns in the notation `part … part`; a part is taken as it stands, spaces included. */
const SEQUENCES: Readonly<Record<AttackCategory, readonly string[]>> = {
  sql_injection: [
    'union… select',
    'select …from ',
    '(select',
    'insert into… values',
    'delete from ',
    'drop table',
    'update …set …=',
    "' or ",
    "' and ",
    '" or ',
    '" and ',
    ') or ',
    ') and ',
    ...['or', 'and'].flatMap((word) => [...'0123456789('].map((first) => ` ${word} ${first}`)),
    ' or not ',
    ' where ',
    ' having ',
    ' order by ',
    ' group by ',
    ' like ',
    ' rlike ',
    'case when',
    ' procedure analyse',
    'information_schema',
    'sysibm.',
    'sys.',
    'rdb$',
    'pg_sleep',
    'sleep(',
    'benchmark(',
    'waitfor delay',
    'extractvalue(',
    'updatexml(',
    'concat(',
    'chr(',
    'char(',
    'xp_cmdshell',
    'exec(',
    'dbms_',
    'utl_',
    'ctxsys.',
    'generate_series(',
    'randomblob(',
    'elt(',
    'make_set(',
    'json_keys(',
    'row(',
    'convert(',
    'cast(',
    'null,',
    '-- ',
    "';",
    "'||",
    '/*!',
    ' ;select',
    '; if(',
  ],
  cross_site_scripting: [
    '<script',
    '</script',
    'javascript:',
    'vbscript:',
    '<img',
    '<iframe',
    '<svg',
    '<object',
    '<embed',
    '<body',
    '<meta',
    '<link',
    '<style',
    '<div',
    '<input',
    '<a href',
    '<xml',
    '<?xml',
    '<!--',
    'onerror…=',
    'onload…=',
    'onmouseover…=',
    'onclick…=',
    'onfocus…=',
    'alert(',
    'document.cookie',
    'document.write',
    'string.fromcharcode',
    'expression(',
    'eval(',
  ],
  command_injection: [
    ';cat ',
    '; cat ',
    '|cat ',
    '| cat ',
    ';ls',
    '; ls',
    '|ls',
    ';id',
    '|id',
    '; id',
    '| id',
    '&& ',
    '|| ',
    '$(',
    '`',
    '/bin/',
    'cmd.exe',
    'powershell',
    'wget http',
    'curl http',
    'netstat',
    'net user',
    'net localgroup',
    'ping -',
    'nc -',
    'whoami',
    'ifconfig',
    'ipconfig',
    'system(',
    'exec cmd',
    'phpinfo(',
    '#exec',
  ],
  path_traversal: [
    '../',
    '..\\',
    '/..',
    '\\..',
    '..%',
    '/etc/',
    '/proc/self',
    'boot.ini',
    'win.ini',
    'windows\\',
    'winnt',
    'c:\\',
    'c:/',
    'file://',
    '.htaccess',
    '/passwd',
    '/web-inf',
    '.git/',
    '/.env',
    '.ssh/',
    'id_rsa',
  ],
  template_injection: ['{{…}}', '<%…%>', '#{…}', '__class__', '{php}'],
  ldap_injection: ['*)(', '(&(', '(|(', ')(|', 'objectclass=', ')(uid='],
  log4shell: ['${jndi', '${${', '${lower:', '${env:', '${::-'],
  null_byte: ['\u0000'],
  scanner: [
    'sqlmap',
    'nikto',
    'nessus',
    'nmap',
    'masscan',
    'acunetix',
    'dirbuster',
    'gobuster',
    'wpscan',
    'nuclei',
    'zgrab',
    'openvas',
    'w3af',
    'havij',
    'burpcollaborator',
  ],
};

/** All patterns in a fixed order. */
export const ATTACK_PATTERNS: readonly AttackPattern[] = ATTACK_CATEGORIES.flatMap((category) =>
  SEQUENCES[category].map((notation) => ({ category, sequence: notation.split('…') })),
);

/** The pattern for people: `union … select`. */
export const patternName = (pattern: AttackPattern): string =>
  pattern.sequence.map((part) => part.trim() || part).join(' … ');

/**
 * The characters of a text as two bit sets: letters a to z, and all others (some of these share a bit). A text that
 * lacks a character of a pattern need not be searched for it.
 */
interface CharacterSet {
  letters: number;
  others: number;
}

/** Marks that tell patterns apart have a bit each; digits, control characters and the rest share the last ones. */
const OTHERS = ' "#$%&\'()*+,-./:;<=>?@[\\]_`{|}!';
const bitOfOther = (code: number): number => {
  const place = OTHERS.indexOf(String.fromCharCode(code));
  return 1 << (place >= 0 ? Math.min(place, 29) : code >= 48 && code <= 57 ? 30 : 31);
};
const isLetter = (code: number): boolean => code >= 97 && code <= 122;
const LETTER_BITS = Int32Array.from({ length: 129 }, (_, code) => (isLetter(code) ? 1 << (code - 97) : 0));
const OTHER_BITS = Int32Array.from({ length: 129 }, (_, code) => (isLetter(code) ? 0 : bitOfOther(code)));

function characterSetOf(text: string): CharacterSet {
  let letters = 0;
  let others = 0;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code > 128) code = 128;
    letters |= LETTER_BITS[code];
    others |= OTHER_BITS[code];
  }
  return { letters, others };
}

/**
 * A coarser set in one 32-bit integer, for engines that search pattern by pattern: letters share 16 bits, digits have
 * one, the other characters share 15.
 */
export function characterSet(text: string): number {
  let set = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isLetter(code)) set |= 1 << (code & 15);
    else set |= 1 << (code >= 48 && code <= 57 ? 16 : 17 + (code % 15));
  }
  return set;
}

/** Patterns that need the same characters beside letters, looked at only when a text has them all. */
interface PatternGroup {
  readonly others: number;
  readonly members: { readonly index: number; readonly letters: number }[];
}
const GROUPS: readonly PatternGroup[] = ((): PatternGroup[] => {
  const groups = new Map<number, PatternGroup>();
  ATTACK_PATTERNS.forEach(({ sequence }, index) => {
    const { letters, others } = characterSetOf(sequence.join(''));
    const group = groups.get(others) ?? { others, members: [] };
    group.members.push({ index, letters });
    groups.set(others, group);
  });
  return [...groups.values()];
})();

/** Returns true when the parts follow each other in `text`: every first part is tried, then the nearest next ones. */
export function matchesSequence(text: string, sequence: readonly string[]): boolean {
  const first = sequence[0];
  let start = text.indexOf(first);
  while (start >= 0) {
    let end = start + first.length;
    let part = 1;
    while (part < sequence.length) {
      // the slice bounds the search: the work for one first part does not grow with the text
      const next = text.slice(end, end + MAX_GAP + sequence[part].length).indexOf(sequence[part]);
      if (next < 0) break;
      end += next + sequence[part].length;
      part++;
    }
    if (part === sequence.length) return true;
    start = text.indexOf(first, start + 1);
  }
  return false;
}

const NONE: readonly number[] = [];

/** @returns the indices in ATTACK_PATTERNS of those that match the normalised text, ascending */
export function findAttackPatterns(text: string): readonly number[] {
  const { letters, others } = characterSetOf(text);
  let found: number[] | undefined;
  for (let place = 0; place < GROUPS.length; place++) {
    const group = GROUPS[place];
    if ((others & group.others) !== group.others) continue;
    for (const member of group.members) {
      if ((letters & member.letters) !== member.letters) continue;
      if (!matchesSequence(text, ATTACK_PATTERNS[member.index].sequence)) continue;
      found ??= [];
      found.push(member.index);
    }
  }
  return found === undefined ? NONE : found.sort((one, other) => one - other);
}
