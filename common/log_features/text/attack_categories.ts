/** Kinds of attacks that models know which were trained before further ones were looked for, in the order of the columns of a text. */
export const FIRST_ATTACK_CATEGORIES = [
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
export type FirstAttackCategory = (typeof FIRST_ATTACK_CATEGORIES)[number];

/** Kinds of attacks whose signs are known, in the order of the columns of a text. */
export const ATTACK_CATEGORIES = [
  ...FIRST_ATTACK_CATEGORIES,
  'header_injection',
  'request_forgery',
  'object_injection',
  'nosql_injection',
  'xml_injection',
] as const;
export type AttackCategory = (typeof ATTACK_CATEGORIES)[number];

/**
 * Ways in which models look for signs, the latest last: where they stand as code does (before that anywhere, in models that name no
 * way), and those of further kinds.
 */
export const SIGNS_VERSIONS = ['in_context', 'more_kinds'] as const;
export type SignsVersion = (typeof SIGNS_VERSIONS)[number];
