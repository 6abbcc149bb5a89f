import { z } from 'zod';

/*
 * Schemas of the files that start and release the plugin elsewhere, as far as they are used: unknown keys are refused, as GitHub and
 * Docker do.
 */

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** Source: GitHub, "Workflow syntax for GitHub Actions", permissions. */
const permissions = z.partialRecord(
  z.enum([
    'actions',
    'attestations',
    'checks',
    'contents',
    'id-token',
    'issues',
    'packages',
    'pull-requests',
  ]),
  z.enum(['read', 'write', 'none']),
);

/** Inputs of the actions that are used, by their name and version. Source: action.yml of each. */
const INPUTS: Readonly<Record<string, readonly string[]>> = {
  'actions/checkout@v4': ['ref', 'fetch-depth'],
  'actions/setup-node@v4': ['node-version', 'cache', 'registry-url'],
  'actions/setup-java@v4': ['distribution', 'java-version', 'cache'],
  'actions/upload-artifact@v4': ['name', 'path', 'if-no-files-found'],
  'actions/download-artifact@v4': ['name', 'path'],
  'actions/attest-build-provenance@v2': ['subject-path'],
};

const about = { name: z.string().optional(), id: z.string().optional(), if: z.string().optional() };
const step = z.union([
  z.strictObject({
    ...about,
    run: z.string().min(1),
    env: texts.optional(),
    shell: z.string().optional(),
    'continue-on-error': z.boolean().optional(),
  }),
  z
    .strictObject({ ...about, uses: z.string(), with: texts.optional() })
    .refine(({ uses, with: given = {} }) => {
      const known = INPUTS[uses];
      return known !== undefined && Object.keys(given).every((name) => known.includes(name));
    }, 'an action or an input that is not known'),
]);
const needs = z.union([z.string(), z.array(z.string()).min(1)]).optional();
const job = z.union([
  z.strictObject({
    needs,
    permissions: permissions.optional(),
    uses: z.string().regex(/^\.\/\.github\/workflows\//),
  }),
  z.strictObject({
    needs,
    if: z.string().optional(),
    'runs-on': z.literal('ubuntu-latest'),
    'timeout-minutes': z.number().int().min(1).max(360),
    permissions: permissions.optional(),
    environment: z.string().optional(),
    concurrency: z.string().optional(),
    env: texts.optional(),
    outputs: z.record(z.string(), z.string()).optional(),
    strategy: z
      .strictObject({
        'fail-fast': z.boolean().optional(),
        'max-parallel': z.number().int().min(1).optional(),
        matrix: z.record(z.string(), z.union([z.array(z.union([z.string(), z.number()])), z.string()])),
      })
      .optional(),
    steps: z.array(step).min(1),
  }),
]);

const input = z.strictObject({ description: z.string(), default: z.string().optional() });
const workflowShape = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z
      .strictObject({ branches: z.array(z.string()).optional(), tags: z.array(z.string()).optional() })
      .optional(),
    pull_request: z.null().optional(),
    schedule: z.array(z.strictObject({ cron: z.string().regex(/^(\S+ ){4}\S+$/) })).optional(),
    workflow_call: z.null().optional(),
    workflow_dispatch: z
      .strictObject({ inputs: z.record(z.string(), input) })
      .nullable()
      .optional(),
  }),
  permissions,
  jobs: z.record(z.string().regex(/^[a-z][a-z0-9_-]*$/), job),
});

/** A workflow of GitHub, whose jobs and steps name only jobs and steps that there are. */
export const workflowSchema = workflowShape.superRefine(({ jobs }, context) => {
  const say = (message: string): void => void context.addIssue({ code: 'custom', message });
  for (const [name, described] of Object.entries(jobs)) {
    const before = [described.needs ?? []].flat();
    for (const other of before) if (jobs[other] === undefined) say(`${name} needs ${other}, which is no job`);
    const text = JSON.stringify(described);
    for (const [, other] of text.matchAll(/needs\.([\w-]+)\./g)) {
      if (!before.includes(other)) say(`${name} asks ${other}, which it does not need`);
    }
    const ids = 'steps' in described ? described.steps.map(({ id }) => id) : [];
    for (const [, id] of text.matchAll(/steps\.([\w-]+)\./g)) {
      if (!ids.includes(id)) say(`${name} asks the step ${id}, which is not there`);
    }
    const grants = described.permissions ?? {};
    if (text.includes('attest-build-provenance') && grants['id-token'] !== 'write') {
      say(`${name} attests without the permission id-token`);
    }
    if (/gh issue create/.test(text) && grants.issues !== 'write') say(`${name} may not open issues`);
    if (/gh release create/.test(text) && grants.contents !== 'write') say(`${name} may not publish`);
  }
});

const service = z.strictObject({
  image: z.string(),
  environment: texts.optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  user: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).refine(([first]) => first === 'CMD' || first === 'CMD-SHELL'),
      interval: z.string().regex(/^\d+s$/),
      timeout: z.string().regex(/^\d+s$/),
      retries: z.number().int().min(1),
    })
    .optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
});

/** Source: the Compose specification. A service waits only for services that there are, and for health only of one that tells it. */
export const composeSchema = z
  .strictObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .superRefine(({ services }, context) => {
    for (const [name, { depends_on: waitsFor = {} }] of Object.entries(services)) {
      for (const [other, { condition }] of Object.entries(waitsFor)) {
        const isThere = services[other] !== undefined;
        if (isThere && (condition !== 'service_healthy' || services[other].healthcheck !== undefined))
          continue;
        context.addIssue({ code: 'custom', message: `${name} waits for ${other}, which does not tell it` });
      }
    }
  });
