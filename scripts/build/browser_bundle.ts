import { join } from 'node:path';
import { rspack, type Compiler, type Stats } from '@rspack/core';
import { lentBy } from './shared_modules';

/** Changes that an editor saves one after the other make one build. */
const WATCH_DELAY_MILLISECONDS = 100;

export interface BrowserBundleOptions {
  readonly root: string;
  readonly outputDirectory: string;
  readonly pluginId: string;
  readonly requiredBundles: readonly string[];
}

/**
 * Bundles `public/` the way Kibana loads it: one entry that registers the plugin, and chunks that load on demand.
 *
 * @returns absolute paths of the source files that went in
 */
export async function bundleBrowser(options: BrowserBundleOptions): Promise<string[]> {
  const stats = await run(compilerFor(options, 'production'));
  const { modules = [] } = stats.toJson({ all: false, modules: true, nestedModules: true });
  return modules
    .flatMap((module) => [module, ...(module.modules ?? [])])
    .flatMap(({ nameForCondition }) => (nameForCondition ? [nameForCondition] : []));
}

/**
 * Builds `public/` again, not minified, after each change of a source file.
 *
 * @param built called after each build, the first one included, with its errors where it failed
 * @returns stops watching
 */
export function watchBrowser(
  options: BrowserBundleOptions,
  built: (errors: string | undefined) => void,
): () => Promise<void> {
  const compiler = compilerFor(options, 'development');
  compiler.watch({ aggregateTimeout: WATCH_DELAY_MILLISECONDS }, (error, stats) =>
    built(error?.message ?? (stats?.hasErrors() ? stats.toString({ all: false, errors: true }) : undefined)),
  );
  return () =>
    new Promise((resolve, reject) => compiler.close((error) => (error ? reject(error) : resolve())));
}

function compilerFor(options: BrowserBundleOptions, mode: 'production' | 'development'): Compiler {
  const { root, pluginId } = options;
  return rspack({
    mode,
    context: root,
    target: ['web', 'es2020'],
    devtool: false,
    entry: join(root, 'scripts/build/browser_entry.js'),
    output: {
      path: options.outputDirectory,
      filename: `${pluginId}.plugin.js`,
      chunkFilename: `${pluginId}.chunk.[id].js`,
      publicPath: 'auto',
      uniqueName: pluginId,
      chunkLoadingGlobal: `${pluginId}_bundle_jsonpfunction`,
      clean: mode === 'production',
    },
    externalsType: 'var',
    externals: [
      ({ request, contextInfo }, callback) => {
        if (!request || /^[./]/.test(request) || contextInfo?.issuer?.includes('node_modules')) {
          return callback();
        }
        try {
          const expression = lentBy(request, options.requiredBundles);
          return expression ? callback(undefined, expression) : callback();
        } catch (error) {
          return callback(error as Error);
        }
      },
    ],
    resolve: { extensions: ['.ts', '.tsx', '.js', '.json'] },
    optimization: { moduleIds: 'deterministic', chunkIds: 'deterministic' },
    // The name of the bundler is nothing that every page of Kibana should load.
    experiments: { rspackFuture: { bundlerInfo: { force: false } } },
    performance: { hints: false },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          loader: 'builtin:swc-loader',
          options: {
            jsc: {
              target: 'es2020',
              // Fields are set, not defined: the helper for that would go into the part that every page of Kibana loads.
              assumptions: { setPublicClassFields: true },
              parser: { syntax: 'typescript', tsx: true },
              // The automatic JSX runtime is not among the modules that Kibana lends.
              transform: { react: { runtime: 'classic' } },
            },
          },
          type: 'javascript/auto',
        },
      ],
    },
  });
}

function run(compiler: Compiler): Promise<Stats> {
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      compiler.close(() => {
        if (error) reject(error);
        else if (!stats || stats.hasErrors()) {
          reject(new Error(`The browser bundle failed: ${stats?.toString({ all: false, errors: true })}`));
        } else resolve(stats);
      });
    });
  });
}
