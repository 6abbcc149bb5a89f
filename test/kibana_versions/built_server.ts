import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleServer } from '../../scripts/build/node_bundles';
import type * as Server from '../../server';
import type { ObjectType } from './config_schema';
import type { KibanaFacts } from './facts';
import { KibanaServer } from './server_stand_in';

const ROOT = join(__dirname, '../..');

/** The plugin's server side as it is built: the threads that train and decode models stand beside it. Jest leaves this folder as it is. */
export class BuiltServer {
  private readonly running: { kibana: KibanaServer; stop(): void }[] = [];

  private constructor(
    private readonly directory: string,
    private readonly server: typeof Server,
  ) {}

  public static async build(): Promise<BuiltServer> {
    const directory = mkdtempSync(join(tmpdir(), 'kibana-versions-'));
    const built = join(directory, 'node_modules/log-anomalies/server');
    await bundleServer(ROOT, built);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is there only now
    return new BuiltServer(directory, require(join(built, 'index.js')) as typeof Server);
  }

  /** Settings of kibana.yml below `logAnomalies`. */
  public get settings(): ObjectType {
    return this.server.config.schema as ObjectType;
  }

  /**
   * Sets the plugin up and starts it in a Kibana of these facts.
   *
   * @param older what this Kibana takes over
   * @throws Error as that Kibana does for what it refuses
   */
  public async startIn(facts: KibanaFacts, older?: KibanaServer) {
    const kibana = new KibanaServer(facts);
    const instance = await this.server.plugin(kibana.context(this.settings.validate({})));
    this.running.push({ kibana, stop: () => instance.stop() });
    instance.setup(kibana.setupCore() as never, kibana.setupPlugins() as never);
    if (older !== undefined) kibana.takeOver(older);
    const [core, plugins] = kibana.startServices();
    kibana.isStarted = true;
    instance.start(core, plugins as never);
    await new Promise(setImmediate);
    return { kibana, instance };
  }

  /** Stops what runs, and removes what was built. */
  public remove(): void {
    for (const { kibana, stop } of this.running) {
      stop();
      kibana.stop();
    }
    rmSync(this.directory, { recursive: true });
  }
}
