import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { BenchRow, BenchSection } from './bench/section';

/*
 * npm run bench [-- section…]: runs the named sections, all of them when none is named, prints what they measured and
 * writes docs/benchmarks.md. Sections that were not run keep their last figures there.
 */

/** Each is a file of scripts/bench/ that exports `run(): Promise<BenchSection>`. */
const SECTIONS = [
  'scoring',
  'accuracy',
  'web_attacks',
  'templates',
  'application_logs',
  'traffic',
  'elasticsearch',
  'ingest',
  'detection',
  'buckets',
  'sessions',
  'month',
  'patterns',
  'pattern_costs',
  'changes',
  'hostile',
] as const;
type SectionName = (typeof SECTIONS)[number];

const REPOSITORY = join(__dirname, '..');
const PAGE = join(REPOSITORY, 'docs', 'benchmarks.md');

function shown(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

function cellsOf({ name, value, unit, ratio, target, met }: BenchRow): string[] {
  return [
    name,
    `${shown(value)} ${unit}`.trim(),
    ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
    target ?? '',
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
}

const HEADINGS = ['what', 'value', 'ratio', 'target', 'met'];

function printTable(section: BenchSection): void {
  const table = [HEADINGS, ...section.rows.map(cellsOf)];
  const widths = HEADINGS.map((_, i) => Math.max(...table.map((cells) => cells[i].length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`\n${section.title}\n\n${lines.join('\n')}\n`);
}

function partOf(name: SectionName, section: BenchSection): string {
  const rows = section.rows.map((row) => `| ${cellsOf(row).join(' | ')} |`);
  const table = [`| ${HEADINGS.join(' | ')} |`, '| --- | --- | --- | --- | --- |', ...rows].join('\n');
  const measuredAt = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}`;
  const notes = section.notes === undefined ? '' : `${section.notes}\n\n`;
  return `## ${section.title}\n\n\`npm run bench -- ${name}\`, ${measuredAt}, ${machine}\n\n${notes}${table}\n`;
}

/** @returns the parts of the page by section, of runs before this one, and by heading where something else was measured */
function partsOf(page: string): Map<string, string> {
  const parts = page.split(/^(?=## )/m).slice(1);
  return new Map(
    parts.map((part) => [
      /^`npm run bench -- (\w+)`/m.exec(part)?.[1] ?? part.slice(0, part.indexOf('\n')),
      `${part.trimEnd()}\n`,
    ]),
  );
}

async function main(): Promise<number> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(SECTIONS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`section: is ${unknown.join(', ')}, must be of ${SECTIONS.join(', ')}\n`);
    return 2;
  }
  const parts = partsOf(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '');
  let missed = 0;
  for (const name of SECTIONS) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\nMeasuring: ${name}\n`);
    const { run } = (await import(`./bench/${name}`)) as { run: () => Promise<BenchSection> };
    const section = await run();
    printTable(section);
    missed += section.rows.filter(({ met }) => met === false).length;
    parts.set(name, partOf(name, section));
    const intro =
      'Written by `npm run bench`, which leaves what other commands measure at the end. Where no machine is named: 2 x AMD EPYC, Node v20.20.2.';
    const others = [...parts.keys()].filter((each) => !(SECTIONS as readonly string[]).includes(each));
    const inOrder = [...SECTIONS, ...others].flatMap((each) => parts.get(each) ?? []);
    mkdirSync(join(REPOSITORY, 'docs'), { recursive: true });
    writeFileSync(PAGE, `# Benchmarks\n\n${intro}\n\n${inOrder.join('\n')}`);
  }
  process.stdout.write(missed === 0 ? '\nEvery target was met.\n' : `\n${missed} targets were missed.\n`);
  return missed === 0 ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
