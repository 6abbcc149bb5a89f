import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compiles the scoring kernel from AssemblyScript to WebAssembly and writes it, as base64, to the generated module
 * that the scorer loads. A test compiles again and compares, so what is checked in is what the source says.
 */
/** Not a literal, since the compiler's types redeclare globals of Node. */
const COMPILER: string = 'assemblyscript/asc';
const FOREST_FOLDER = 'common/isolation_forest';
const SOURCES = ['score', 'block_trees', 'hyperplane_trees', 'mask_trees', 'surprise', 'walk_trees'].map(
  (name) => `kernel/${name}.ts`,
);

/**
 * AssemblyScript compiles a function in place where a decorator says so. Decorators of functions are not TypeScript, which the
 * editor, the linter and the formatter take the kernel for; so its docstrings say so, in their last line.
 */
const withDecorators = (source: string): string =>
  source.replace(/^ \* @inline\n \*\/\n(?=function)/gm, '$&@inline\n');

/** @returns the text of `kernel.wasm.ts` for a source folder */
async function compileKernel(repository: string): Promise<string> {
  const { main } = (await import(COMPILER)) as {
    main: (
      args: string[],
      io: {
        readFile: (name: string, folder: string) => string | null;
        writeFile: (name: string, content: Uint8Array) => void;
        listFiles: () => string[];
      },
    ) => Promise<{ error: Error | null; stderr: { toString(): string } }>;
  };
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await main(
    [
      SOURCES[0],
      ...[
        '--outFile',
        'kernel.wasm',
        '--optimizeLevel',
        '3',
        '--shrinkLevel',
        '0',
        '--converge',
        '--noAssert',
      ],
      ...['--runtime', 'stub', '--importMemory', '--enable', 'simd'],
    ],
    {
      readFile: (name) =>
        SOURCES.includes(name)
          ? withDecorators(readFileSync(join(repository, FOREST_FOLDER, name), 'utf8'))
          : null,
      writeFile: (_name, content) => (wasm = content),
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) {
    throw new Error(`the kernel does not compile: ${stderr.toString()}`, { cause: error });
  }
  const base64 = Buffer.from(wasm).toString('base64');
  return `// Generated from kernel/ by \`npm run build:kernel\`; do not edit.\nexport const KERNEL_WASM_BASE64 =\n  '${base64}';\n`;
}

/** Writes the module, or with --print shows what it would write. */
async function main(): Promise<void> {
  const repository = join(__dirname, '..');
  const text = await compileKernel(repository);
  if (process.argv.includes('--print')) process.stdout.write(text);
  else writeFileSync(join(repository, FOREST_FOLDER, 'scoring/kernel.wasm.ts'), text);
}

void main();
