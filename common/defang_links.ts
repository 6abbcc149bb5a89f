/*
 * Programs for mail and chat turn every address in a text into a link, with a scheme or without. What stands in a log was
 * written by anybody: its addresses are shown so that people can read them and nobody can click on them by accident.
 */

/** `http:`, `ftp:`, `file:` and the like, before two slashes of either kind, also at the end of another word. */
const SCHEME = /([a-z][a-z0-9+.-]{0,30}):(?=[/\\]{2})/giu;
/** Schemes that are linked without slashes. */
const SHORT_SCHEME =
  /(?<![\p{L}\p{N}])(mailto|tel|sms|javascript|vbscript|data|file|callto|skype|sip|xmpp|magnet|geo|facetime):(?=\S)/giu;
/** `\\server\share`, which is opened as a network drive. */
const NETWORK_PATH = /(?<=^|[\s"'(<[])\\\\(?=[\p{L}\p{N}])/gu;
/** The dots that browsers take for a dot in a host name (UTS #46). */
const DOTS = /[.\u3002\uff0e\uff61]/gu;
const DOTTED_NAME =
  /(?<![\p{L}\p{N}\p{M}_-])[\p{L}\p{N}\p{M}_-]+(?:[.\u3002\uff0e\uff61][\p{L}\p{N}\p{M}_-]+)+/gu;
/** As a top-level domain is written; the longest in use has 24 characters. */
const TOP_LEVEL = /^(?:[a-z]{2,24}|xn--[a-z0-9-]{1,59})$/i;
/** Endings of files, which are no top-level domains: paths stay readable. */
const FILE_ENDING =
  /^(?:php\d?|phtml|html?|xhtml|jsp|jspx|asp|aspx|cgi|js|mjs|ts|tsx|jsx|css|json|xml|txt|log|csv|gif|png|jpe?g|ico|svg|woff|ttf|pdf|exe|dll|conf|cfg|ini|ya?ml|lock|gz|tar|bak|sql|class|jar|war|service)$/i;

/** Scripts that are written together in one name, such as Japanese with Latin (UTS #39, highly restrictive). */
const WRITTEN_TOGETHER: readonly (readonly string[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
  ['Latin', 'Han', 'Bopomofo'],
];
const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Georgian',
  'Cherokee',
  'Thai',
  'Devanagari',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
].map((name): [string, RegExp] => [name, new RegExp(`\\p{Script=${name}}`, 'u')]);
const COMMON = /[\p{Script=Common}\p{Script=Inherited}]/u;

function scriptsOf(label: string): Set<string> {
  const found = new Set<string>();
  for (const letter of label) {
    if (COMMON.test(letter)) continue;
    found.add(SCRIPTS.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'another script');
  }
  return found;
}

/** @returns the scripts of a label that are not written together, such as Cyrillic and Latin; undefined where they are */
function mixedScriptsOf(host: string): string[] | undefined {
  for (const label of host.split(DOTS)) {
    const scripts = [...scriptsOf(label)];
    if (scripts.length < 2) continue;
    if (WRITTEN_TOGETHER.some((group) => scripts.every((script) => group.includes(script)))) continue;
    return scripts;
  }
  return undefined;
}

/** @returns the host as it stands in the domain name system, in ASCII; undefined where it cannot be in it */
function asciiOf(host: string): string | undefined {
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return undefined;
  }
}

/** Returns a remark on a host name outside ASCII: its form in the domain name system, and a warning if it mixes scripts. */
function remarkOn(host: string): string {
  if (/^[\x21-\x7e]*$/.test(host)) return '';
  const ascii = asciiOf(host)?.replaceAll('.', '[.]');
  const mixed = mixedScriptsOf(host);
  const remarks = [
    ...(mixed === undefined ? [] : [`mixed scripts: ${mixed.join(' and ')}`]),
    ...(ascii === undefined || ascii === host ? [] : [ascii]),
  ];
  return remarks.length === 0 ? '' : ` (${remarks.join(', ')})`;
}

/**
 * Text of a log with its addresses written so that no program makes links of them: `hxxps[:]//evil[.]example`. A host name
 * outside ASCII is followed by what it is in the domain name system, and by a warning where one of its labels mixes scripts
 * that are not written together, as names that imitate others do. Applied twice it changes nothing more.
 *
 * @param text cleaned, at most some thousand characters
 * @param known dotted words that are ours, such as names of fields; they stay as they are
 */
export function defangLinks(text: string, known: ReadonlySet<string> = new Set()): string {
  return text
    .replace(DOTTED_NAME, (name: string, offset: number) => {
      if (known.has(name)) return name;
      const labels = name.split(DOTS);
      const ending = labels[labels.length - 1];
      const isOfUrl = /[/\\]{2}(?:[^\s/\\]*@)?$/.test(text.slice(Math.max(0, offset - 100), offset));
      const isDomain =
        // eslint-disable-next-line no-control-regex
        /[^\x00-\x7f]/.test(ending) || (TOP_LEVEL.test(ending) && !FILE_ENDING.test(ending));
      return isOfUrl || isDomain ? `${name.replace(DOTS, '[.]')}${remarkOn(name)}` : name;
    })
    .replace(SCHEME, (_whole, scheme: string) => `${withoutLink(scheme)}[:]`)
    .replace(SHORT_SCHEME, '$1[:]')
    .replace(NETWORK_PATH, '[\\\\]');
}

const withoutLink = (scheme: string): string =>
  scheme
    .replace(/tt(?=ps?$)/, 'xx')
    .replace(/TT(?=PS?$)/, 'XX')
    .replace(/^ftp$/i, 'fxp');

/** Dotted words of names that are ours, as {@link defangLinks} takes them. */
export const dottedWordsOf = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.flatMap((name) => name.match(DOTTED_NAME) ?? []));
