import { parentPort } from 'node:worker_threads';
import { readYamlDocuments } from '../../../common/yaml_documents';

/** Entry of the thread that reads YAML: one answer for each text. */
parentPort?.on('message', (text: string) => parentPort?.postMessage(readYamlDocuments(text)));
