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
    ' or …=',
    ' and …=',
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
 * Bit of a character in a set of 32: necessary conditions that spare most searches. Letters share 16 bits, digits
 * have one, the other characters share the remaining 15.
 */
const bitOf = (code: number): number => {
  if (code >= 97 && code <= 122) return 1 << (code & 15);
  if (code >= 48 && code <= 57) return 1 << 16;
  return 1 << (17 + (code % 15));
};

const BITS = Int32Array.from({ length: 65_536 }, (_, code) => bitOf(code));

/** The characters of a text as a bit set. */
export function characterSet(text: string): number {
  let set = 0;
  for (let index = 0; index < text.length; index++) set |= BITS[text.charCodeAt(index)];
  return set;
}

const PATTERN_SETS = Int32Array.from(ATTACK_PATTERNS, ({ sequence }) => characterSet(sequence.join('')));

/** Whether the parts lie in `text` one behind another, with short gaps. The last occurrence before a gap counts. */
export function matchesSequence(text: string, sequence: readonly string[]): boolean {
  const [first, ...rest] = sequence;
  let start = text.indexOf(first);
  // with every first part tried and every gap bounded the work stays linear
  while (start >= 0) {
    let end = start + first.length;
    const complete = rest.every((part) => {
      const next = text.slice(end, end + MAX_GAP + part.length).indexOf(part);
      end += next + part.length;
      return next >= 0;
    });
    if (complete) return true;
    start = text.indexOf(first, start + 1);
  }
  return false;
}

/** @returns the indices in ATTACK_PATTERNS of those that match the normalised text */
export function findAttackPatterns(text: string): number[] {
  const set = characterSet(text);
  const found: number[] = [];
  for (let index = 0; index < ATTACK_PATTERNS.length; index++) {
    const needed = PATTERN_SETS[index];
    if ((set & needed) === needed && matchesSequence(text, ATTACK_PATTERNS[index].sequence))
      found.push(index);
  }
  return found;
}
