import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandReference, settingsReference } from './program/reference';

/** Writes the pages that are made from the program itself. */
const DOCS = join(__dirname, '..', 'docs');
writeFileSync(join(DOCS, 'commands.md'), commandReference());
writeFileSync(join(DOCS, 'settings.md'), settingsReference());
