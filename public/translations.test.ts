import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';

const root = resolve(__dirname, '..');
const MESSAGE =
  /i18n\.translate\(\s*'([^']+)',\s*\{\s*defaultMessage:\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/g;

/** Every message of the pages with all the texts that stand for it. */
function messagesOfPages(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const entry of readdirSync(__dirname, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/(?<!\.test)\.tsx?$/.test(entry.name)) continue;
    const code = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    const calls = code.match(/i18n\.translate\(/g) ?? [];
    const messages = [...code.matchAll(MESSAGE)];
    expect([entry.name, messages.length]).toEqual([entry.name, calls.length]);
    for (const [, id, text] of messages) {
      const message = text.slice(1, -1).replace(/\\(.)/g, '$1');
      found.set(id, (found.get(id) ?? new Set()).add(message));
    }
  }
  return found;
}

type Parts = ReturnType<InstanceType<typeof IntlMessageFormat>['getAst']>;

/** Type of a part that is text alone. */
const LITERAL = 0;

/** Names of the values of a message: those within its choices once. */
const namesIn = (parts: Parts): string[] =>
  parts.flatMap((part) => {
    if (!('value' in part) || part.type === LITERAL) return [];
    if (!('options' in part)) return [part.value];
    const chosen = Object.values(part.options).flatMap(({ value }) => namesIn(value));
    return [part.value, ...new Set(chosen)];
  });
const valuesIn = (message: string): string[] => namesIn(new IntlMessageFormat(message, 'en').getAst()).sort();

describe('the messages of the pages', () => {
  const messages = messagesOfPages();

  it('are ours and have one text each', () => {
    expect(messages.size).toBeGreaterThan(200);
    for (const [id, texts] of messages) {
      expect(id).toMatch(/^logAnomalies(\.[a-z]\w*){2}$/i);
      expect([id, [...texts]]).toEqual([id, [expect.any(String)]]);
    }
  });

  it('send nobody from Kibana to a command line, a shell or a document in JSON', () => {
    const FOREIGN =
      /\blog-anomalies [a-z]|`|\$\{|\$[A-Z]|\b[A-Z]+_[A-Z_]+\b|(?:^|\s)--?[a-z]+|\b(?:curl|npm|sudo|export [A-Z]+=)\s?|\b(?:GET|PUT|POST) \/?_|\{\s*"/;
    for (const example of [
      'Run log-anomalies migrate',
      'Set ELASTICSEARCH_URL',
      'add --force',
      'PUT _ingest',
    ]) {
      expect(example).toMatch(FOREIGN);
    }
    for (const [id, [text]] of [...messages].map(([id, texts]) => [id, [...texts]] as const)) {
      expect([id, FOREIGN.exec(text)?.[0]]).toEqual([id, undefined]);
    }
  });

  const { translations } = JSON.parse(readFileSync(join(root, '.i18nrc.json'), 'utf8')) as {
    translations: string[];
  };
  it.each(translations)('are all in %s, with the same values in them', (file) => {
    const { formats, messages: translated } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      formats: object;
      messages: Record<string, string>;
    };
    // Kibana does not start with a file that has no formats.
    expect(Object.keys(formats)).not.toEqual([]);
    expect(Object.keys(translated).sort()).toEqual([...messages.keys()].sort());
    for (const [id, [message]] of [...messages].map(([id, texts]) => [id, [...texts]] as const)) {
      expect([id, valuesIn(translated[id])]).toEqual([id, valuesIn(message)]);
    }
  });

  it('keep signs of French with their words: a line never begins with one', () => {
    const BREAKABLE = /[^\u202f][;!?]|[^\u00a0][»:](?!\/\/)|«(?!\u00a0)/;
    const { messages: french } = JSON.parse(readFileSync(join(root, 'translations/fr-FR.json'), 'utf8')) as {
      messages: Record<string, string>;
    };
    const breakable = Object.entries(french).filter(([, text]) => BREAKABLE.test(text));
    expect(breakable).toEqual([]);
  });
});
