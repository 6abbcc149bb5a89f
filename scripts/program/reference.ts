import type { Command } from 'commander';
import { z } from 'zod';
import { detectorSchema } from '../../common/detector';
import { jobLimitsSchema } from '../../server/kibana/limits/job_limits';
import { keySettingsSchema } from '../../server/kibana/contracts/key_settings';
import { usageLimitsSchema } from '../../server/kibana/limits/usage_limits';
import { configSchema } from '../command_line/config';
import { createProgram } from './program';
import { EXIT_CODES } from '../command_line/session';

const WIDTH = 110;

/** docs/commands.md: the help of every command, as the program prints it. */
export function commandReference(): string {
  const program = createProgram();
  const parts = program.commands.map((command) => {
    const own = `## ${command.name()}\n\n${helpBlock(command)}`;
    const inner = command.commands.map(
      (each) => `### ${command.name()} ${each.name()}\n\n${helpBlock(each)}`,
    );
    return [own, ...inner].join('\n');
  });
  return `# Commands\n\nWritten by \`npm run reference\` from the program itself.\n\n${parts.join('\n')}\n## Exit codes\n\n${EXIT_CODES.replace(/^\s*Exit codes: /, '').trim()}\n`;
}

const helpBlock = (command: Command): string => `\`\`\`\n${helpOf(command).trim()}\n\`\`\`\n`;

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** docs/settings.md: every setting of config.yaml, of kibana.yml and of a detector, from the schemas that check them. */
export function settingsReference(): string {
  const table = (schema: z.ZodType): string => {
    const rows = rowsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, '');
    return ['| setting | allowed | default | what |', '| --- | --- | --- | --- |', ...rows].join('\n');
  };
  return `# Settings

Written by \`npm run reference\` from the schemas that check them.

## config.yaml

Read from \`--config\`, \`LOG_ANOMALIES_CONFIG\` or \`./config.yaml\`. \`\${NAME}\` stands for an environment variable. ELASTICSEARCH_URL,
ELASTICSEARCH_API_KEY, ELASTICSEARCH_USERNAME, ELASTICSEARCH_PASSWORD and ELASTICSEARCH_CA win over the file. The section \`detector\` is a
detector as below.

${table(configSchema.omit({ detector: true }))}

## kibana.yml

Below \`logAnomalies\`, beside \`alerts\` as above; see [kibana.md](kibana.md).

${table(
  z.object({
    'logAnomalies.jobs': jobLimitsSchema,
    'logAnomalies.limits': usageLimitsSchema,
    'logAnomalies.keys': keySettingsSchema,
  }),
)}

## Detector

${table(detectorSchema)}
`;
}

function rowsOf(schema: JsonSchema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const place = path === '' ? name : `${path}.${name}`;
    if (property.properties !== undefined) return rowsOf(property, place);
    if (property.items?.properties !== undefined) {
      return [row(place, property, schema.required?.includes(name)), ...rowsOf(property.items, `${place}[]`)];
    }
    const choices = property.oneOf ?? property.anyOf;
    if (
      choices?.some((choice) => choice.properties !== undefined && Object.keys(choice.properties).length > 0)
    ) {
      return choices.flatMap((choice) => rowsOf(choice, place));
    }
    return [row(place, property, schema.required?.includes(name))];
  });
}

function row(path: string, schema: JsonSchema, required = false): string {
  const fallback =
    schema.default === undefined
      ? required
        ? 'must be given'
        : ''
      : `\`${JSON.stringify(schema.default)}\``;
  return `| \`${path}\` | ${allowed(schema)} | ${fallback} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`;
}

function allowed(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(allowed))].join(' or ');
  if (schema.type === 'array')
    return `list of ${schema.items === undefined ? 'values' : allowed(schema.items)}`;
  if (schema.type === 'number' || schema.type === 'integer') {
    const from =
      schema.exclusiveMinimum !== undefined
        ? `over ${schema.exclusiveMinimum}`
        : schema.minimum !== undefined && schema.minimum > -1e15
          ? `${schema.minimum}`
          : '';
    const to =
      schema.maximum !== undefined && schema.maximum < 1e15
        ? `to ${schema.maximum}`
        : from === ''
          ? ''
          : 'or more';
    return `${schema.type === 'integer' ? 'whole number' : 'number'} ${from} ${to}`
      .replace(/\s+/g, ' ')
      .trim();
  }
  return schema.type === 'object'
    ? 'settings'
    : schema.type === 'string'
      ? 'text'
      : schema.type === 'boolean'
        ? '`true`, `false`'
        : 'any';
}
