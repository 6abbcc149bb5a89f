import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { billOfMaterials, type LockFile } from './bill_of_materials';

const root = resolve(__dirname, '../..');
const json = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** As far as it is used. Source: https://cyclonedx.org/docs/1.5/json/. */
const bomSchema = z.strictObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  version: z.number().int().min(1),
  metadata: z.strictObject({
    component: z.strictObject({
      type: z.literal('application'),
      'bom-ref': z.string(),
      name: z.string(),
      version: z.string(),
      purl: z.string().regex(/^pkg:npm\//),
    }),
  }),
  components: z.array(
    z.strictObject({
      type: z.literal('library'),
      'bom-ref': z.string(),
      group: z.string().optional(),
      name: z.string().min(1),
      version: z.string().min(1),
      purl: z.string().regex(/^pkg:npm\/(%40[^/@]+\/)?[^/@]+@[^@]+$/),
      licenses: z.array(z.strictObject({ license: z.strictObject({ id: z.string() }) })).optional(),
      hashes: z
        .array(z.strictObject({ alg: z.literal('SHA-512'), content: z.string().regex(/^[a-f0-9]{128}$/) }))
        .optional(),
    }),
  ),
});
const written = bomSchema.parse(billOfMaterials(json('package-lock.json') as LockFile));
const names = written.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));

it('names each package that the plugin brings along, once by its reference', () => {
  const { dependencies } = json('package.json') as { dependencies: object };
  expect(Object.keys(dependencies).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(written.components.map((each) => each['bom-ref'])).size).toBe(written.components.length);
});

it('names nothing that only tests need', () => {
  expect(
    names.filter((name) => ['jest', '@swc/core', '@elastic/eui', 'playwright-core'].includes(name)),
  ).toEqual([]);
});

it('has the digests of the packages as the registry has them', () => {
  const lock = {
    name: 'a',
    version: '1.0.0',
    packages: {
      '': {},
      'node_modules/@s/b': {
        version: '2.0.0-x+1',
        integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
        license: 'MIT',
      },
      'node_modules/c': { version: '1.0.0', dev: true },
    },
  };
  expect(bomSchema.parse(billOfMaterials(lock)).components).toEqual([
    {
      type: 'library',
      'bom-ref': 'node_modules/@s/b',
      group: '@s',
      name: 'b',
      version: '2.0.0-x+1',
      purl: 'pkg:npm/%40s/b@2.0.0-x%2B1',
      licenses: [{ license: { id: 'MIT' } }],
      hashes: [{ alg: 'SHA-512', content: '01'.repeat(64) }],
    },
  ]);
});
