/** One package of a lock file. */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  /** `sha512-` and the digest in base64. */
  readonly integrity?: string;
  /** True where only development needs it. */
  readonly dev?: boolean;
}

/** A package-lock.json, version 3. */
export interface LockFile {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * The packages that go out with the plugin and the command line, as CycloneDX 1.5 writes them (https://cyclonedx.org/docs/1.5/json/).
 * `npm sbom --omit dev` leaves out those that a tool of development needs as well.
 */
export function billOfMaterials({ name, version, packages }: LockFile): object {
  const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': name, name, version, purl: purlOf(name, version) },
    },
    components: shipped.map(([path, locked]) => componentOf(path, locked)),
  };
}

const purlOf = (name: string, version: string): string =>
  `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;

function componentOf(path: string, { version = '', license, integrity }: LockedPackage): object {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const [scope, own] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const digest = /^sha512-(\S+)$/.exec(integrity ?? '')?.[1];
  return {
    type: 'library',
    'bom-ref': path,
    ...(scope !== undefined && { group: scope }),
    name: own,
    version,
    purl: purlOf(name, version),
    ...(license !== undefined && { licenses: [{ license: { id: license } }] }),
    ...(digest !== undefined && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
  };
}
