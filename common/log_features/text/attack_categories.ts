/** Kinds of attacks whose signs are known, in the order of the columns of a text. */
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
