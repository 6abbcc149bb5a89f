import type { AttackCategory } from './attack_categories';
import { SEQUENCES_IN_CONTEXT } from './attack_sequences';

/*
 * Signs of further kinds of attacks, in the notation of `attack_sequences.ts`. What ordinary traffic holds as well is left out:
 * addresses of the own machine in OAuth and development (`redirect_uri=http://localhost`), redirects without a scheme
 * (`returnUrl=//www.shop.example`), filters of APIs (`filters[id][$in]`), placeholders that nobody filled in
 * (`utm_campaign={{campaign.name}}`), compressed base64 (`H4sI`) and the view state of ASP.NET.
 */
type Signs = readonly (string | readonly string[])[];
const each = (beginnings: readonly string[], endings: readonly string[]): string[] =>
  beginnings.flatMap((beginning) => endings.map((ending) => beginning + ending));

/** Marks between two commands, without a space: prose sets one. */
const JOINTS = [';', '|', '&', '`'];
const COMMANDS: Signs = [
  ['${ifs', '$ifs¦'],
  '/dev/tcp/',
  each(
    [...JOINTS, '; ', '| '],
    [
      'nslookup ',
      'wget ',
      'busybox ',
      'certutil ',
      'socat ',
      'chmod ',
      'mkfifo ',
      'rm -',
      'python -',
      'perl -',
      'php -',
      'bash -',
      'sh -',
    ],
  ),
  each(JOINTS, ['curl ', 'sleep №', 'reboot⌘', 'systeminfo⌘', 'tasklist⌘', 'cmd /c ']),
  each(['&&'], ['cat ', 'ls⌘', 'dir⌘', 'ps⌘', 'env⌘', 'pwd⌘', 'ping ', 'echo ']),
  each(['¦curl …', '¦wget …'], ['|sh⌘', '| sh⌘', '|bash⌘', '| bash⌘']),
  each(['¦python -c ', '¦python3 -c ', '¦perl -e ', '¦ruby -e ', '¦php -r ', '¦bash -c '], ["'", '"']),
  ['¦bash -i ', '/???/', 'downloadstring(', '¦certutil …urlcache'],
  ['<?php', '<?=', '¦allow_url_include¦', '¦auto_prepend_file¦'],
  ['$_get[', '$_post[', '$_request[', '$_cookie[', '$_server['],
  [
    ...each(['='], ['file_get_contents(', 'base64_decode(', 'call_user_func', 'show_source(']),
    ...['(base64_decode(', '/eval-stdin.php', '\\think\\app', 'os.popen(', 'os.system('],
    ...each(['require('], ["'child_process", '"child_process']),
    ...['process.mainmodule', "__import__('", '__import__("'],
  ],
];

/** Names that only templates of attacks look for, behind `{{`. */
const TEMPLATE_OBJECTS = [
  ...[
    'config}}',
    'config }}',
    'config.items',
    'request}}',
    'request }}',
    'request.',
    'self',
    '_self',
    'url_for',
    'lipsum',
    'cycler',
  ],
  ...['joiner', 'get_flashed', 'dump(', 'app.request', 'settings.secret', 'range(', 'range.'],
  ...["''", '""', '()', '[]', "['", '$on.', '$eval', '№…*', "'…'*", "'…'.", '(№', 'php}}'],
  ...['…__', '…constructor', '…|attr(', '…|filter(', '…|map(', '…exec(', '…system(', '…popen('],
];
const TEMPLATES: Signs = [
  each(['{{', '{{ '], TEMPLATE_OBJECTS),
  ['<%…%>', '{%…%}'],
  '#{…}',
  [
    ...each(
      ['${'],
      ['№', 't(java', '@', '#', "'", '"', '…getclass(', '….class.', '…exec(', 'applicationscope'],
    ),
    ...each(['${'], ['pagecontext', 'sessionscope', 'facescontext', 'self.']),
  ],
  [
    ...['%{№…*', '%{#', '%{(#', '#_memberaccess', '#context[', '@java.lang.', 'redirect:${', 'redirect:%{'],
    ...['class.module.classloader', '¦class.classloader', '¦t(java.lang', '(java.lang.runtime'],
    ...["'java.lang.runtime", '"java.lang.runtime', 'new java.lang.processbuilder'],
  ],
  ['¦__class__', '¦__globals__', '¦__builtins__', '¦__subclasses__', '¦__mro__'],
  ['{php}', '{$smarty', '{system(', '{if system('],
  ['<#assign ', 'freemarker.template.utility', '#set($', '#set ($', '@(№…*№'],
];

/** Beginnings of addresses within a value, as `url=http://…`. */
const ADDRESSES = ['=http://', '=https://'];
/** Ports at which no web server listens. */
const OTHER_PORTS = [21, 22, 23, 25, 445, 3306, 5432, 6379, 11211, 27017].map((port) => `:${port}¦`);
const OWN_MACHINE = ['localhost', '127.0.0.1', '0.0.0.0', '[::1]'];
const FORGED_REQUESTS: Signs = [
  each(ADDRESSES, ['169.254.169.254', '169.254.170.2¦', '100.100.100.200', 'metadata.google.', '[fd00:ec2:']),
  each(ADDRESSES, ['kubernetes.default', '127.0.0.1.', 'localtest.me']),
  each(ADDRESSES, ['0x7f', '0177.', '2130706433', '[::ffff:', '[0:0:0:0:', '[0000:', '0xa9fe']),
  each(ADDRESSES, ['0⌿', '127.1⌿', '127.1:', '127.0.1⌿', '127.0.1:', '0o177.', '2852039166', '127.127.']),
  each(['=http://'], each(OWN_MACHINE, OTHER_PORTS)),
  ['=gopher://', '=dict://', '=netdoc:', '=jar:http', '=jar:file', '=tftp://'],
];

const OBJECTS: Signs = [
  ['=ro0ab', ':"ro0ab', '=aced0005'],
  '¦o:№…:"…":№…:{',
  ['aaeaaad/////', '¦objectdataprovider¦', '"system.diagnostics.process', "'system.diagnostics.process"],
  ['=gasv…aaaaaaaa', '¦cos system (', '¦cposix system (', '!!python/object/apply:', '!!python/object/new:'],
  // node-serialize, as it is and in base64.
  ['_$$nd_func$$_', 'xyqktkrfrlvoqyqk'],
  [
    '"com.sun.rowset.',
    '"java.lang.autocloseable"',
    '"java.lang.class"',
    '!!javax.script.',
    '!!com.sun.rowset',
  ],
  ['!ruby/object:gem::', '!ruby/hash:actioncontroller'],
  [
    ...['¦__proto__[', '[__proto__]', '¦__proto__.', '"__proto__"', 'constructor[prototype]'],
    ...['?constructor.prototype.', '&constructor.prototype.', '"constructor":{"prototype"'],
  ],
];

/** Openings of an operator of MongoDB behind the name of a parameter or property. */
const OPERATIONS = ['[$', '":{"$', '": {"$'];
const NOSQL: Signs = [
  [
    ...each(['¦password', '¦passwd', '¦pass', '¦pwd'], OPERATIONS),
    // APIs filter by names of users as well.
    ...each(each(['¦username', '¦login'], OPERATIONS), ['ne¬', 'gt¬']),
  ],
  ['[$where]', '"$where":"', '"$where": "', ",$where:'", ", $where: '", '=$where:', '"$func"'],
  each(['=[$', '={$', '={ $'], ['ne', 'gt', 'where', 'regex', 'nin', 'exists']),
  ['"$gt":""', '"$gt": ""'],
  ["';return ", "'; return ", '";return '],
];

const XML: Signs = [
  ['<!entity ', '<!doctype …¦system "', "<!doctype …¦system '"],
  '<xi:include',
  '<esi:',
  [
    ...['¦count(/*', '¦count(//', '¦string-length(/', '¦substring(name(', '¦name(/*'],
    ...["']|//", "'] | //", '|//*'],
  ],
];

/** A line break stays before the name of a header, see `normaliseText`. */
const HEADERS: Signs = [
  each(
    ['\n'],
    [
      ...['set-cookie:', 'content-length:', 'content-type:', 'transfer-encoding:', 'x-xss-protection:'],
      ...['x-forwarded-', 'refresh:', 'http/№', 'bcc:'],
    ],
  ),
  // Two ideographs of which some servers keep the last bytes, which are a line break.
  '\u00e5\u0098\u008a\u00e5\u0098\u008d',
];

const LOOKUPS: Signs = [
  ['${j${', '${jn${', '${jnd${', '${…:-j}', '${upper:'],
  ['ldap', 'rmi', 'dns', 'iiop', 'nis', 'corba', 'http'].map((scheme) => `¦jndi:${scheme}`),
  ['${script:', '${dns:', '${url:utf', '${java:version', '${java:vm', '${java:os'],
];

const WRAPPERS: Signs = [
  ['php://filter', 'php://input', '=phar://', '=expect://', '=glob://', '=zip://', '=data://text'].concat(
    '=compress.',
  ),
];

const SCANNERS: Signs = [
  ...[
    ...['wapiti', 'l9explore', 'l9tcpid', 'detectify', 'jorgee', 'sqlninja', 'cmsmap', 'droopescan', 'xsser'],
    ...['ghauri', 'wpprobe', 'sstimap', 'tplmap', 'dotdotpwn', 'shortscan', 'kadimus', 'lfisuite', 'lfimap'],
    ...['graphw00f', 'graphql-cop', 'tsunamisecurityscanner', 'nettacker', 'whatwaf', 'webshag', 'appspider'],
    ...['ironwasp', 'qualysguard', 'n-stalker', 'dalfox', 'libwhisker', 'jsql'],
  ].map((name) => `©${name}©`),
  ['¦httpx - open-source', '¦morfeus ', '(compatible; appscan', '(compatible; panoptic', '¦mozlila/'],
  // GraphQL: the schema is asked for, which clients know.
  ['{__schema¦', '{ __schema¦', '{__type(', '{ __type('],
];

/** Signs of all kinds: those in context, others where they have become more exact, and further ones. */
export const SEQUENCES_OF_MORE_KINDS: Readonly<Record<AttackCategory, Signs>> = {
  ...SEQUENCES_IN_CONTEXT,
  command_injection: [...SEQUENCES_IN_CONTEXT.command_injection, ...COMMANDS],
  path_traversal: [...SEQUENCES_IN_CONTEXT.path_traversal, ...WRAPPERS],
  template_injection: TEMPLATES,
  ldap_injection: [...SEQUENCES_IN_CONTEXT.ldap_injection, ')(&)'],
  log4shell: [...SEQUENCES_IN_CONTEXT.log4shell, ...LOOKUPS],
  scanner: [...SEQUENCES_IN_CONTEXT.scanner, ...SCANNERS],
  header_injection: HEADERS,
  request_forgery: FORGED_REQUESTS,
  object_injection: OBJECTS,
  nosql_injection: NOSQL,
  xml_injection: XML,
};
