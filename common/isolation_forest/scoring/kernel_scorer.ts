import { layOutForest, type KernelImage } from './kernel_image';
import { KERNEL_WASM_BASE64 } from './kernel.wasm';
import type { IsolationForest, PathLengthSummer } from '../forest/types';

interface Kernel {
  sumPathLengths(rowCount: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** @returns the kernel, compiled once; undefined where WebAssembly or its vectors are not to be had */
export function compileKernel(): WebAssembly.Module | undefined {
  try {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_WASM_BASE64), (c) => c.charCodeAt(0)));
    return compiled;
  } catch {
    return undefined;
  }
}

/** @returns undefined when the forest or the machine is not suited; the reference scorer then does the work */
export function createKernelSummer(forest: IsolationForest): PathLengthSummer | undefined {
  const module = compileKernel();
  const image = module && layOutForest(forest);
  if (module === undefined || image === undefined) return undefined;
  try {
    return summerOf(module, image);
  } catch {
    // No memory of that size: slower is better than not at all.
    return undefined;
  }
}

function summerOf(module: WebAssembly.Module, image: KernelImage): PathLengthSummer {
  const { columnCount, blockRows } = image;
  const memory = new WebAssembly.Memory({ initial: image.pages });
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
  new Uint8Array(memory.buffer).set(image.bytes);
  const input = new Float32Array(memory.buffer, image.input, blockRows * columnCount);
  const blockSums = new Float64Array(memory.buffer, image.sums, blockRows);
  return (values, firstRow, rowCount, sums) => {
    const end = firstRow + rowCount;
    for (let row = firstRow; row < end; row += blockRows) {
      const count = Math.min(blockRows, end - row);
      input.set(values.subarray(row * columnCount, (row + count) * columnCount));
      kernel.sumPathLengths(count);
      sums.set(blockSums.subarray(0, count), row);
    }
  };
}
